// deploy/soak: runs a gateway under a plan of faults, and proves the sums.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { wait } from "../monitors/monitor.mjs";
import { isLossy, undergo } from "./faults.mjs";
import { describe, isOfTheRoot, actorOf, makePlan } from "./plan.mjs";
import { markdown, recoveries, resources } from "./report.mjs";
import { percentile } from "./sums.mjs";
import { judgeCommands, judgeFrames, judgeLine, judgeRecord, readTruth } from "./verdict.mjs";
import { Watch } from "./watch.mjs";
import { World } from "./world.mjs";

const { values } = parseArgs({
  options: {
    hours: { type: "string" },
    seconds: { type: "string" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
    report: { type: "string", default: "soak-report.md" },
    plan: { type: "boolean" },
  },
});
const seconds = values.hours ? 3600 * Number(values.hours) : Number(values.seconds ?? 600);
const plan = makePlan({ seed: Number(values.seed), seconds });
const reportFile = resolve(values.report);
const patience = 60_000; // ms; until something that never comes is given up

const stamp = (ms = Date.now()) => new Date(ms).toISOString().slice(11, 19);
const say = (text) => console.log(`${stamp()} ${text}`);

async function makeTrouble(world) {
  const done = [];
  const under = [];
  for (const fault of plan.faults) {
    await wait(Math.max(0, world.begun + 1000 * fault.at - Date.now()));
    const begin = Math.min(Date.now(), world.begunOf[fault.mesh] + 1000 * fault.at);
    const span = { kind: fault.kind, isNoise: isNoise(fault), begin, end: Infinity };
    if (isOfTheRoot(fault) || actorOf(fault)?.includes("/")) span.mesh = fault.mesh;
    if (isLossy(fault)) world.lossy.push(span);
    const ended = undergo(world, fault)
      .catch((error) => ({ error: error.message }))
      .then((result) => {
        span.end = Date.now();
        if (fault.kind === "kill network_manager") world.watch.look();
        done.push({ ...fault, ...result });
        const took = result.took === undefined ? (result.error ?? "never") : `${result.took} ms`;
        say(`${describe(fault)}: over after ${took}`);
      });
    under.push(ended);
    // What holds the whole gateway is waited for: others could not be told from it.
    if (fault.kind === "kill gateway") await ended;
  }
  await Promise.all(under);
  return done;
}

const isNoise = ({ kind }) => ["flip", "garbage", "truncate", "log-inside"].includes(kind);

const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function tellProgress(world, watch) {
  const { resident, descriptors } = watch.samples.at(-1) ?? {};
  const { events, recorder } = watch.latest ?? {};
  say(
    `· ${watch.statuses} statuses, ${watch.faults.length} faults; ` +
      `${events?.seq} events of this life, ` +
      `${recorder?.events?.waiting} wait; database ${mib(recorder?.database?.bytes)}; ` +
      `resident ${mib(resident)}, ${descriptors} descriptors`,
  );
}

async function judge(world, end, statistics) {
  const notRecorded = world.watch.records.sum().not_recorded;
  const ledgers = [];
  for (const follower of world.followers) ledgers.push(await follower.read());
  const truth = await readTruth(world, ledgers, end);
  const frames = {};
  const faults = [];
  for (const [mesh, root] of Object.entries(statistics)) {
    const why = truth.truths[mesh];
    frames[mesh] = judgeFrames(root, truth.counts[mesh], why, truth.windows, mesh, notRecorded);
    const quietSeconds = truth.windows.quietSeconds(mesh, world.begun, world.over);
    const altered = { count: why.altered, some: why.alterations.slice(0, 10) };
    frames[mesh].why = { lost: why.lost, altered, quietSeconds };
    frames[mesh].line = judgeLine(root, world.watch.lines[mesh].sum(), truth.windows, mesh);
    faults.push(...frames[mesh].faults, ...frames[mesh].line.faults, ...why.faults);
  }
  const record = judgeRecord(truth.lives, world.watch.records.sum());
  faults.push(...record.faults);
  const followers = world.followers.map(({ name }, i) => ({
    name,
    ...truth.comparisons[i].result(),
  }));
  for (const { name, faults: wrong } of followers)
    faults.push(...wrong.map((each) => `${name}: ${each}`));
  const commands = judgeCommands(
    world.commander.accepted,
    truth.commands,
    truth.truths,
    truth.windows,
  );
  faults.push(...commands.faults);
  return {
    sums: { frames, followers, commands, record, lives: truth.lives, events: truth.events },
    faults,
  };
}

function timesOf({ times, answers }) {
  const at = (share) => Number(percentile(times, share).toFixed(1));
  return { times: { count: times.length, p50: at(0.5), p99: at(0.99), max: at(1) }, answers };
}

async function run() {
  console.log(`Seed ${plan.seed}: ${plan.faults.length} faults in ${seconds} s`);
  for (const fault of plan.faults) console.log(describe(fault));
  if (values.plan) return 0;
  const world = new World(plan, { log: `${reportFile}.log`, patience });
  const stop = () => world.stop().then(() => process.exit(2));
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, stop);
  try {
    return await soak(world);
  } catch (error) {
    console.error(error);
    return world.begun ? 1 : 2;
  } finally {
    await world.stop();
  }
}

async function soak(world) {
  await world.begin();
  say(`begun: gateway ${world.gateway.process.pid}, record in ${world.space.how}`);
  const watch = (world.watch = new Watch(
    world,
    Math.min(5000, 1000 * Math.max(seconds / 60, 0.5)),
  ));
  const progress = setInterval(() => tellProgress(world, watch), Math.max(10_000, 10 * seconds));
  const done = await makeTrouble(world);
  await wait(Math.max(0, world.begun + 1000 * seconds - Date.now()));
  clearInterval(progress);
  world.over = Date.now();
  await world.endClients();
  const statistics = await world.endMeshes();
  const last = await world.settle();
  watch.take(last);
  await watch.close();
  const end = { epoch: last.events.epoch, seq: last.events.seq };
  for (const follower of world.followers) await follower.close();
  await world.end(world.gateway.process);
  say("ended; comparing");
  const { sums, faults } = await judge(world, end, statistics);
  const code = world.gateway.process.exitCode;
  if (code !== 0) faults.push(`the gateway ended with ${code}`);
  faults.push(...watch.faults);
  for (const { kind, at, took, error } of done)
    if (took === undefined)
      faults.push(`${kind} at ${at} s was never over${error ? `: ${error}` : ""}`);
  return tell(world, watch, done, { sums, faults }, statistics);
}

function tell(world, watch, done, { sums, faults }, statistics) {
  const result = {
    seed: plan.seed,
    seconds,
    begun: new Date(world.begun).toISOString(),
    ended: new Date(world.over).toISOString(),
    lives: world.gateway.lives.length,
    faultsDone: done.length,
    space: world.space.how,
    sums: { ...sums, statuses: watch.statuses, refused: world.commander.refused },
    faults,
    recoveries: recoveries(done),
    asked: timesOf(world.asker),
    resources: resources(watch.samples, world.gateway.lives),
  };
  const all = { ...result, done, roots: statistics, samples: watch.samples, lossy: world.lossy };
  const text = markdown(all);
  writeFileSync(reportFile, text);
  writeFileSync(reportFile.replace(/(\.md)?$/, ".json"), JSON.stringify(all, null, 1));
  console.log(`\n${text}\nReport: ${reportFile}`);
  return faults.length === 0 ? 0 : 1;
}

process.exitCode = await run();
