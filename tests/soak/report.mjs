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
  const byKind = new Map();
  for (const fault of done) byKind.set(fault.kind, [...(byKind.get(fault.kind) ?? []), fault]);
  return [...byKind]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([kind, faults]) => {
      const took = faults.map((fault) => fault.took ?? Infinity);
      const [median, p99, max] = [0.5, 0.99, 1].map((share) => percentile(took, share) / 1000);
      const { bound } = kinds[kind];
      return { kind, count: faults.length, median, p99, max, bound, isMet: max <= bound };
    });
}

/** Of a counter that begins anew with its process, and may be unknown at times. */
function growth(values) {
  const known = values.filter((value) => value !== undefined);
  return known.slice(1).reduce((sum, value, i) => sum + Math.max(0, value - known[i]), 0);
}

/** Memory, descriptors and threads of the longest life, after it has warmed up. */
export function resources(samples, lives) {
  const length = ({ begin, end }) => (end ?? Date.now()) - begin;
  const life = lives.reduce((best, each) => (length(each) > length(best) ? each : best));
  const warmUp = Math.min(600_000, length(life) / 3);
  const of = samples.filter(({ pid, at }) => pid === life.pid && at >= life.begin + warmUp);
  if (of.length < 3) return undefined;
  const rises = (name) =>
    slope(
      of
        .filter((each) => each[name])
        .map((each) => [(each.at - of[0].at) / hour, each[name] / mib]),
    );
  const fit = rises("resident");
  const sorted = (name) => of.map((sample) => sample[name]).sort((a, b) => a - b);
  const spread = (name) => {
    const values = sorted(name);
    return { least: values[0], median: values[values.length >> 1], most: values.at(-1) };
  };
  const span = of.at(-1).at - of[0].at;
  const rateOf = (name) => (1000 * growth(of.map((sample) => sample[name]))) / span;
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
      return percentile(
        part.map(({ resident }) => resident / mib),
        0.5,
      );
    }),
    descriptors: spread("descriptors"),
    threads: spread("threads"),
    cpuShare: rateOf("cpu"),
    gateCpuShare: rateOf("gate"),
  };
}

function slopeText({ minutes, slope: rise, deviation, anonymous }) {
  if (minutes < 25) return "Too short to tell a leak from warming up (from 25 min on).";
  return `A line through all samples (least squares) rises by **${rise.toFixed(2)} MiB/h**;
  samples are ${deviation.toFixed(2)} MiB off it (standard deviation); what is allocated rises by
  ${anonymous.slope.toFixed(2)} MiB/h. The bound is 1 MiB/h: ${rise < 1 ? "met" : "**missed**"}.`;
}

function memoryText(found) {
  if (!found) return "Too short to say anything about memory.";
  const { residentMiB: resident, anonymous, cpuShare, gateCpuShare, samples } = found;
  const mib = (value) => `${value.toFixed(1)} MiB`;
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const spread = ({ least, median, most }) => `${median} (${least} to ${most})`;
  const minutes = (value) => `${value.toFixed(1)} min`;
  return `The longest life of the gateway, after ${minutes(found.warmUpMinutes)} of warming up:
${minutes(found.minutes)}, ${samples} samples.

- Resident memory: ${mib(resident.first)} at first, ${mib(resident.last)} at last;
  medians of the three thirds: ${found.thirds.map(mib).join(", ")}.
  Of the last, ${mib(anonymous.last)} are allocated; the rest is code, files, and the crash journal.
  ${slopeText(found)}
- Descriptors: ${spread(found.descriptors)}. Threads: ${spread(found.threads)}.
- CPU: ${percent(cpuShare)} of a core, of its gate ${percent(gateCpuShare)} (a debug build).`;
}

const orNone = (parts) => parts.join("; ") || "none";

function framesTable(frames) {
  const rows = Object.entries(frames).map(([mesh, { sent, recorded, lost, allowed, why }]) => [
    mesh,
    number(sent.updates),
    number(recorded.updates),
    number(lost.updates),
    number(allowed),
    `${number(sent.messages)} / ${number(recorded.messages + recorded.requests)}`,
    orNone(Object.entries(why.lost).map(([kind, count]) => `${kind}: ${count}`)),
    number(why.altered.count),
    `${why.quietSeconds.toFixed(0)} s`,
  ]);
  const head =
    "mesh, updates sent, recorded, lost, explained at most, messages sent / recorded, " +
    "numbers lost by fault, made by noise, without any lossy fault";
  return table(head.split(", "), rows);
}

function linesTable(frames) {
  const rejectsOf = (line) =>
    Object.entries(line)
      .filter(([name, count]) => name.startsWith("rejected") && count > 0)
      .map(([name, count]) => `${name.slice(10)} ${count}`);
  const rows = Object.entries(frames).map(([mesh, { line }]) => [
    mesh,
    number(line.bytes),
    `${number(line.bytes_read)} (${line.lost.bytes} less)`,
    number(line.frames_sent),
    `${number(line.frames)} (${line.lost.frames} less)`,
    line.strikes,
    orNone(rejectsOf(line)),
  ]);
  const head = "mesh, bytes sent, read, frames sent, decoded, struck by noise, rejected";
  return table(head.split(", "), rows);
}

function followersTable(followers) {
  const rows = followers.map(({ name, events, compared, unrecorded, gaps, missed, faults }) => [
    name,
    number(events),
    number(compared),
    number(unrecorded),
    gaps,
    missed,
    faults.length,
  ]);
  const head =
    "who, events told, the same in the record, not recorded, gaps, told as missed, wrong";
  return table(head.split(", "), rows);
}

function livesTable(lives) {
  const rows = lives.map(({ epoch, last, recorded, missing }) => [
    epoch,
    number(last),
    number(recorded),
    number(missing),
  ]);
  return table(["life of the hub (epoch)", "last event", "recorded", "not recorded"], rows);
}

function verdictText(faults) {
  if (faults.length === 0) return "**Every sum is right.**";
  return `**${faults.length} are wrong:**\n\n${faults.map((fault) => `- ${fault}`).join("\n")}`;
}

function sumsText({ sums, faults }) {
  const { commands } = sums;
  const states = Object.entries(commands.states).map(([state, count]) => `${count} ${state}`);
  return `### Roots against the record

${framesTable(sums.frames)}

A number that is missing outside of these faults, doubled or out of order is named in the verdict.
A line without checksums takes some of what noise made for messages: *made by noise*.

${linesTable(sums.frames)}

What the roots handed over last before a port was closed is in the kernel's buffer, in no count;
what was read when a gateway or network manager was killed is counted up to some ms before.

### Followers against the record

${followersTable(sums.followers)}

### Record

${livesTable(sums.lives)}

### Commands

${number(commands.accepted)} accepted: ${states.join(", ")}. Done twice: ${commands.doubled}.
Refused while parts were down, by status: ${JSON.stringify(sums.refused)}.

### Sums of the status

${number(sums.statuses)} statuses were read; each sum was checked in each.

### Verdict

${verdictText(faults)}`;
}

export function markdown(run) {
  const rows = run.recoveries.map(({ kind, count, median, p99, max, bound, isMet }) => [
    kind,
    count,
    ...[median, p99, max].map((value) => (value === Infinity ? "never" : value.toFixed(2))),
    `${bound}${isMet ? "" : " **missed**"}`,
  ]);
  const { times, answers } = run.asked;
  const full = run.done?.filter(({ kind }) => kind === "full disk") ?? [];
  const noticed = full.filter((fault) => fault.noticed).length;
  return `# Soak: ${run.seconds} s, seed ${run.seed}

${run.begun} to ${run.ended}; ${run.faultsDone} faults; ${run.lives} lives of the gateway;
two meshes of 500 nodes; the record in ${run.space}.
Repeat it: \`deploy/soak --seconds ${run.seconds} --seed ${run.seed}\`.

## Sums

${sumsText(run)}

## Recovery, seconds

From the end of a fault (or the kill) until the gateway says that what it had touched works again.

${table(["fault", "times", "median", "p99", "max", "bound"], rows)}

At the end of ${noticed} of ${full.length} full disks the recorder was degraded: it has some space
of its own.

Who asks for nodes all the time: ${number(times.count)} answers, p50 ${times.p50} ms,
p99 ${times.p99} ms, max ${times.max} ms; by status ${JSON.stringify(answers)}
(0: no answer, while the gateway or its web server was dead).

## Memory, descriptors, threads, CPU

${memoryText(run.resources)}
`;
}
