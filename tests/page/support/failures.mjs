// A reporter that names each test as it begins, says what failed and why, and of the rest only how
// many passed and what was measured: where a log is cut, or a test hangs, the fault is still in it.
const summary = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

/** How a file's process ended: only an error of a file has these. */
function endOf({ exitCode, signal } = {}) {
  if (signal) return `, ended by ${signal}`;
  return typeof exitCode === "number" ? `, exit status ${exitCode}` : "";
}

/** Suites do not count, unless one failed by itself: its body or a hook, not a test in it. */
function isTest(type, { details }) {
  if (type !== "test:pass" && type !== "test:fail") return false;
  if (details.type !== "suite") return true;
  return type === "test:fail" && details.error?.failureType !== "subtestsFailed";
}

export default async function* failures(events) {
  const counts = { passed: 0, failed: 0, skipped: 0, todo: 0 };
  for await (const { type, data } of events) {
    if (type === "test:dequeue") yield `… ${data.name}\n`;
    // What comes after a test's end has no file, as the runner's own summary.
    if (type === "test:diagnostic" && (data.file || !summary.test(data.message)))
      yield `# ${data.message}\n`;
    if (type === "test:stderr" || type === "test:stdout") yield data.message;
    if (!isTest(type, data)) continue;
    const isTodo = data.todo !== undefined;
    if (type === "test:fail") {
      const { error, duration_ms } = data.details;
      const cause = error?.cause ?? error;
      const where = `${data.file ?? ""}, ${Math.round(duration_ms)} ms${endOf(error)}`;
      yield `${isTodo ? "todo:" : "✗"} ${data.name} (${where})\n${cause?.stack ?? cause}\n`;
    }
    if (isTodo) ++counts.todo;
    else if (type === "test:fail") ++counts.failed;
    else if (data.skip !== undefined) ++counts.skipped;
    else ++counts.passed;
  }
  yield `${Object.entries(counts)
    .map(([what, n]) => `${n} ${what}`)
    .join(", ")}\n`;
}
