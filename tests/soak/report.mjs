// A run as Markdown for people; the same numbers are in the JSON beside it.
import { kinds } from "./plan.mjs";
import { percentile, slope } from "./sums.mjs";

const mib = 1024 * 1024;
const hour = 3_600_000; // ms
const seconds = (ms) => (ms === undefined ? "never" : (ms / 1000).toFixed(2));
const number = (value) => value.toLocaleString("en");

const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

/** Of each kind of fault how long the gateway needed, s. */
export function recoveries(done) {
  const byKind = Map.groupBy ? Map.groupBy(done, ({ kind }) => kind) : groupBy(done);
  return [...byKind]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([kind, faults]) => {
      const took = faults.map((fault) => fault.took ?? Infinity);
      const [median, p99, max] = [0.5, 0.99, 1].map((share) => percentile(took, share) / 1000);
      const { bound } = kinds[kind];
      return { kind, count: faults.length, median, p99, max, bound, isMet: max <= bound };
    });
}

function groupBy(done) {
  const groups = new Map();
  for (const fault of done) groups.set(fault.kind, [...(groups.get(fault.kind) ?? []), fault]);
  return groups;
}

/** Memory, descriptors and threads of the longest life, after it has warmed up. */
export function resources(samples, lives) {
  const length = ({ begin, end }) => (end ?? Date.now()) - begin;
  const life = lives.reduce((best, each) => (length(each) > length(best) ? each : best));
  const warmUp = Math.min(600_000, length(life) / 3);
  const of = samples.filter(({ pid, at }) => pid === life.pid && at >= life.begin + warmUp);
  if (of.length < 3) return undefined;
  const rises = (name) =>
    slope(of.filter((each) => each[name]).map((each) => [(each.at - of[0].at) / hour, each[name] / mib]));
  const fit = rises("resident");
  const sorted = (name) => of.map((sample) => sample[name]).sort((a, b) => a - b);
  const spread = (name) => {
    const values = sorted(name);
    return { least: values[0], median: values[values.length >> 1], most: values.at(-1) };
  };
  const span = of.at(-1).at - of[0].at;
  const rateOf = (name) => {
    const told = of.filter((sample) => sample[name] !== undefined);
    return (1000 * (told.at(-1)[name] - told[0][name])) / (told.at(-1).at - told[0].at);
  };
  return {
    minutes: span / 60_000,
    warmUpMinutes: warmUp / 60_000,
    samples: of.length,
    residentMiB: { first: of[0].resident / mib, last: of.at(-1).resident / mib },
    slope: fit.rise,
    deviation: fit.deviation,
    anonymous: { last: of.at(-1).anonymous / mib, slope: rises("anonymous").rise },
    thirds: [0, 1, 2].map((i) => {
      const part = of.slice((i * of.length) / 3, ((i + 1) * of.length) / 3);
      return percentile(part.map(({ resident }) => resident / mib), 0.5);
    }),
    descriptors: spread("descriptors"),
    threads: spread("threads"),
    cpuShare: rateOf("cpu"),
    gateCpuShare: of.every(({ gate }) => gate === undefined) ? undefined : rateOf("gate"),
  };
}

function slopeText({ minutes, slope: rise, deviation, anonymous }) {
  if (minutes < 25) return "Too short to tell a leak from warming up (from 25 min on).";
  return `A line through all samples (least squares) rises by **${rise.toFixed(2)} MiB/h**; samples are ${deviation.toFixed(2)} MiB
  off it (standard deviation); what is allocated rises by ${anonymous.slope.toFixed(2)} MiB/h. The bound is 1 MiB/h: ${rise < 1 ? "met" : "**missed**"}.`;
}

function memoryText(found) {
  if (!found) return "Too short to say anything about memory.";
  const spread = ({ least, median, most }) => `${median} (${least} to ${most})`;
  const thirds = found.thirds.map((value) => value.toFixed(1)).join(", ");
  return `The longest life of the gateway, after ${found.warmUpMinutes.toFixed(1)} min of warming up:
${found.minutes.toFixed(1)} min, ${found.samples} samples.

- Resident memory: ${found.residentMiB.first.toFixed(1)} MiB at first, ${found.residentMiB.last.toFixed(1)} MiB at last; medians of the three thirds: ${thirds} MiB.
  Of these ${found.anonymous.last.toFixed(1)} MiB are allocated; the rest is code, files, and the crash journal in memory.
  ${slopeText(found)}
- Descriptors: ${spread(found.descriptors)}. Threads: ${spread(found.threads)}.
- CPU: ${(100 * found.cpuShare).toFixed(1)} % of a core, of its gate ${found.gateCpuShare === undefined ? "unknown" : `${(100 * found.gateCpuShare).toFixed(1)} %`} (a debug build).`;
}

function sumsText({ sums, faults }) {
  const frames = Object.entries(sums.frames).map(([mesh, { sent, recorded, lost, allowed, why }]) => [
    mesh,
    number(sent.updates),
    number(recorded.updates),
    number(lost.updates),
    number(allowed),
    `${number(sent.messages)} / ${number(recorded.messages + recorded.requests)}`,
    Object.entries(why.lost).map(([kind, count]) => `${kind}: ${count}`).join("; ") || "none",
    `${why.quietSeconds.toFixed(0)} s`,
  ]);
  const lines = Object.entries(sums.frames).map(([mesh, { line }]) => [
    mesh,
    `${number(line.bytes)}`,
    `${number(line.bytes_read)} (${line.lost.bytes} less)`,
    number(line.frames_sent),
    `${number(line.frames)} (${line.lost.frames} less)`,
    line.strikes,
    Object.entries(line)
      .filter(([name, count]) => name.startsWith("rejected") && count > 0)
      .map(([name, count]) => `${name.slice(10)} ${count}`)
      .join(", ") || "none",
  ]);
  const followers = sums.followers.map(({ name, events, compared, unrecorded, gaps, missed, faults: wrong }) => [
    name,
    number(events),
    number(compared),
    number(unrecorded),
    gaps,
    missed,
    wrong.length,
  ]);
  return `### Roots against the record

${table(["mesh", "updates sent", "recorded", "lost", "explained at most", "messages sent / recorded", "numbers lost, by fault", "without any lossy fault"], frames)}

Outside of these faults not one numbered message is missing, doubled or out of order.

${table(["mesh", "bytes sent", "read", "frames sent", "decoded", "struck by noise", "rejected"], lines)}

What the roots handed over last before a port was closed is in the kernel's buffer then, in no count; what was read when a gateway or network
manager was killed is counted up to some ms before.

### Followers against the record

${table(["who", "events told", "the same in the record", "not recorded", "gaps", "told as missed", "wrong"], followers)}

### Record

${table(["life of the hub (epoch)", "last event", "recorded", "not recorded"], sums.lives.map(({ epoch, last, recorded, missing }) => [epoch, number(last), number(recorded), missing]))}

### Commands

${number(sums.commands.accepted)} accepted: ${Object.entries(sums.commands.states).map(([state, count]) => `${count} ${state}`).join(", ")}. Done twice: ${sums.commands.doubled}. Refused while parts were down: ${JSON.stringify(sums.refused)}.

### Sums of the status

${number(sums.statuses)} statuses were read; each sum was checked in each.

### Verdict

${faults.length === 0 ? "**Every sum is right.**" : `**${faults.length} sums are wrong:**\n\n${faults.map((fault) => `- ${fault}`).join("\n")}`}`;
}

export function markdown(run) {
  const rows = run.recoveries.map(({ kind, count, median, p99, max, bound, isMet }) => [
    kind,
    count,
    ...[median, p99, max].map((value) => (value === Infinity ? "never" : value.toFixed(2))),
    `${bound}${isMet ? "" : " **missed**"}`,
  ]);
  const { times, answers } = run.asked;
  return `# Soak: ${run.seconds} s, seed ${run.seed}

${run.begun} to ${run.ended}; ${run.faultsDone} faults; ${run.lives} lives of the gateway; two meshes of 500 nodes; the record in
${run.space}. Repeat it: \`deploy/soak --seconds ${run.seconds} --seed ${run.seed}\`.

## Sums

${sumsText(run)}

## Recovery, seconds

From the end of a fault (or the kill) until the gateway says that all of it that was concerned works again.

${table(["fault", "times", "median", "p99", "max", "bound"], rows)}

Who asks for nodes all the time: ${number(times.count)} answers, p50 ${times.p50} ms, p99 ${times.p99} ms, max ${times.max} ms; by status ${JSON.stringify(answers)}
(0: no answer, while the gateway or its web server was dead).

## Memory, descriptors, threads, CPU

${memoryText(run.resources)}
`;
}
