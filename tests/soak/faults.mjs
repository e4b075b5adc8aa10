// How each fault of a plan is made, and when it is over.
import { until } from "../monitors/arena.mjs";
import { wait } from "../monitors/monitor.mjs";
import { actorOf, isOfClients, isOfTheRoot, kinds } from "./plan.mjs";
import { beRude } from "./rude.mjs";

const jump = 3600; // s

const linkIsUp = (mesh) => (status) =>
  status.meshes.find(({ name }) => name === mesh)?.link?.state === "up";

/** They were gone, and half of them are heard again: each reports once in some seconds. */
function nodesAreBack(mesh) {
  let wereGone = false;
  return (status) => {
    const { active, total } = status.meshes.find(({ name }) => name === mesh)?.nodes ?? {};
    wereGone ||= 2 * active < total;
    return wereGone && 2 * active >= total;
  };
}

const isWhole = (status) =>
  status.meshes.every(({ name }) => linkIsUp(name)(status)) &&
  status.recorder.state === "recording" &&
  status.monitor_gate.state === "listening";

const stateOf = (status, actor) => status.actors.find(({ name }) => name === actor);

/** Each begins a fault, and returns since when (ms) and by which status it is over. */
const makers = {
  async "kill gateway"({ gateway, watch, clock }) {
    await watch.look();
    await gateway.kill();
    clock.restart(Date.now());
    await gateway.start();
    return { over: isWhole };
  },
  async "kill gate"({ gateway, patience }) {
    const listening = async () => {
      const gate = await gateway.gate().catch(() => ({}));
      return gate.state === "listening" && gate.pid > 0 && gate;
    };
    const { pid } = await until("the gate listens", listening, patience);
    process.kill(pid, "SIGKILL");
    return { over: ({ monitor_gate: gate }) => gate.state === "listening" && gate.pid !== pid };
  },
  async "kill monitor"({ monitor }) {
    await monitor.restart();
    return { over: (status) => monitor.isAt({ epoch: status.events.epoch, seq: 0 }) };
  },
  async "full disk"({ space, gateway }, fault) {
    const { pid } = gateway.process;
    space.fill(pid);
    await wait(1000 * fault.seconds);
    const status = await gateway.healthy();
    fault.noticed = status?.recorder.state === "degraded";
    space.free(pid);
    return { from: Date.now(), over: ({ recorder }) => recorder.state === "recording" };
  },
  async "clock ahead"(world) {
    return jumpClock(world, jump);
  },
  async "clock back"(world) {
    return jumpClock(world, -jump);
  },
  async reload({ gateway }) {
    const seen = gateway.process.lines.length;
    gateway.process.kill("SIGHUP");
    return { over: () => gateway.logAfter(seen).includes("was read again") };
  },
  async "cut monitor"({ proxies, monitor }, { seconds }) {
    for (const proxy of proxies) {
      proxy.refuses = true;
      proxy.cut();
    }
    await wait(1000 * seconds);
    return heal(proxies, monitor);
  },
  async "stall monitor"({ proxies, monitor }, { seconds }) {
    for (const proxy of proxies) proxy.stall();
    await wait(1000 * seconds);
    return heal(proxies, monitor);
  },
};

function heal(proxies, monitor) {
  for (const proxy of proxies) proxy.heal();
  return {
    from: Date.now(),
    over: ({ events }) => monitor.isAt({ ...events, seq: events.seq - 500 }),
  };
}

async function jumpClock({ gateway, clock, follower }, seconds) {
  clock.jump(Date.now(), 1000 * seconds);
  await obeyed(gateway, `clock ${seconds}`);
  const since = Date.now();
  return { over: () => follower.heard > since };
}

async function obeyed(gateway, line) {
  const answer = await gateway.order(line);
  if (answer !== "ok") throw new Error(`${line}: ${answer}`);
}

async function killActor({ gateway, watch, patience }, name) {
  const running = async () => {
    const found = stateOf((await gateway.healthy()) ?? { actors: [] }, name);
    return found?.state === "running" && found;
  };
  const { restarts: before } = await until(`${name} runs`, running, patience);
  await watch.look();
  await obeyed(gateway, `kill ${name}`);
  const mesh = name.split("/")[1];
  return {
    over: (status) => {
      const { state, restarts } = stateOf(status, name) ?? {};
      if (state !== "running" || restarts <= before) return false;
      if (name === "recorder") return status.recorder.state === "recording";
      if (name === "monitor_gate") return status.monitor_gate.state === "listening";
      return mesh ? linkIsUp(mesh)(status) : true;
    },
  };
}

async function make(world, fault) {
  const { kind, mesh, seconds } = fault;
  if (isOfTheRoot(fault)) {
    await wait(1000 * seconds);
    return { from: Date.now(), over: kind === "reset" ? nodesAreBack(mesh) : linkIsUp(mesh) };
  }
  if (isOfClients(fault)) {
    await beRude(kind, world.gateway, 1000 * seconds);
    return { from: Date.now(), over: () => true };
  }
  const actor = actorOf(fault);
  return actor ? killActor(world, actor) : makers[kind](world, fault);
}

/** Makes a fault and waits until it is over: when it began and ended, how long that took; ms. */
export async function undergo(world, fault) {
  const begin = Date.now();
  const { from = begin, over } = await make(world, fault);
  for (const end = from + world.patience; ; await wait(20)) {
    const status = await world.gateway.healthy();
    const now = Date.now();
    if (status && over(status)) return { begin, end: now, took: now - from };
    if (now > end) return { begin, end: now, took: undefined };
  }
}

export const isLossy = ({ kind }) => kinds[kind].isLossy;
