// A reporter that says what failed and why, and of the rest only how many passed and what was
// measured: where a log is cut, the fault is still in it.
export default async function* failures(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    if (type === "test:diagnostic" && data.file) yield `# ${data.message}\n`;
    if (type === "test:stderr" || type === "test:stdout") yield data.message;
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details.type === "suite") continue;
    if (type === "test:fail") {
      ++counts.failed;
      const error = data.details.error?.cause ?? data.details.error;
      yield `✗ ${data.name} (${data.file ?? ""}, ${Math.round(data.details.duration_ms)} ms)\n`;
      yield `${error?.stack ?? error}\n`;
    } else if (data.skip !== undefined) {
      ++counts.skipped;
    } else {
      ++counts.passed;
    }
  }
  yield `${Object.entries(counts)
    .map(([what, n]) => `${n} ${what}`)
    .join(", ")}\n`;
}
