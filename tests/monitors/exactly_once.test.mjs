// Gateways with a record, monitors that write files, and everything between and of them fails at
// random, under a seed: in the end each file has each event exactly once and in order.
//   XYLEM_GATEWAYS=3 XYLEM_MONITORS=20 XYLEM_SECONDS=120 XYLEM_SEED=7
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { Arena, Gateway, until } from "./arena.mjs";
import { Authority } from "./certificates.mjs";
import { wait } from "./monitor.mjs";
import { random } from "./random.mjs";
import { compare, position, readFile, readRecord } from "./record.mjs";
import { ShakyProxy } from "./shaky_proxy.mjs";

const number = (name, otherwise) => Number(process.env[name] ?? otherwise);
const gatewayCount = number("XYLEM_GATEWAYS", 2);
const monitorCount = number("XYLEM_MONITORS", 3);
const seconds = number("XYLEM_SECONDS", 20);
const seed = number("XYLEM_SEED", Date.now() % 100_000);
const rates = { updates: 20, messages: 5 }; // a second and mesh

const arena = new Arena();
const gateways = [];
const monitors = [];
const meshes = [];
const done = {}; // how often which fault

/** `xylem monitor --append`, behind a proxy for each gateway; may be killed and started again. */
class MonitorProcess {
  constructor(name, authority) {
    Object.assign(this, { name, authority, file: `${arena.folder}/${name}.jsonl`, proxies: [] });
  }

  async begin() {
    for (const gateway of gateways)
      this.proxies.push(await new ShakyProxy(() => gateway.port()).listen());
    this.start();
  }

  start() {
    const from = this.proxies.flatMap(({ port }, i) => [
      "--gateway",
      `${gateways[i].name}=127.0.0.1:${port}`,
    ]);
    const pki = ["--pki", this.authority.folder, "--name", this.name];
    this.process = arena.spawn(["monitor", ...pki, "--append", this.file, ...from]);
  }

  async restart() {
    this.process.kill("SIGKILL");
    await this.process.ended;
    this.start();
  }

  /** Whether its file is where the gateway is. */
  isAtEnd(gateway, { epoch, seq }) {
    const last = position(this.lines()[gateway.name]);
    return last?.epoch === epoch && last.seq >= seq;
  }

  follows(name) {
    return this.lines()[name]?.some((line) => line.state === "following");
  }

  lines() {
    try {
      return readFile(this.file);
    } catch {
      return {}; // a line is being written
    }
  }
}

/** What happened while everything was ended: monitors were not asked for it. */
const isBehind = (event, end) =>
  event.epoch > end.epoch || (event.epoch === end.epoch && event.seq > end.seq);

const faults = {
  async cut({ proxy }) {
    proxy.refuses = true;
    proxy.cut();
    await wait(1000);
    proxy.heal();
  },
  async reset({ proxy }) {
    proxy.cut();
  },
  async stall({ proxy, chance }) {
    proxy.stall();
    await wait(500 + 3000 * chance());
    proxy.heal();
  },
  async refuse({ proxy, chance }) {
    proxy.refuses = true;
    await wait(2000 * chance());
    proxy.heal();
  },
  async "kill a gateway"({ gateway, chance }) {
    if (gateway.isRestarting) return;
    gateway.isRestarting = true;
    await gateway.kill();
    await wait(500 * chance());
    await gateway.start();
    gateway.isRestarting = false;
  },
  async "kill a gate"({ gateway }) {
    const gate = await gateway.gate().catch(() => ({}));
    if (gate.pid && !gateway.isRestarting) process.kill(gate.pid, "SIGKILL");
  },
  async "kill a monitor"({ monitor }) {
    if (monitor.isRestarting) return;
    monitor.isRestarting = true;
    await monitor.restart();
    monitor.isRestarting = false;
  },
};

async function makeTrouble() {
  const chance = random(seed);
  const one = (list) => list[Math.floor(chance() * list.length)];
  const running = [];
  for (const end = Date.now() + 1000 * seconds; Date.now() < end; ) {
    const monitor = one(monitors);
    const name = one(Object.keys(faults));
    done[name] = (done[name] ?? 0) + 1;
    const chosen = { monitor, proxy: one(monitor.proxies), gateway: one(gateways), chance };
    running.push(faults[name](chosen));
    await wait(100 + 900 * chance());
  }
  await Promise.all(running);
  for (const { proxies } of monitors) for (const proxy of proxies) proxy.heal();
}

before(async () => {
  const names = (word, count) => Array.from({ length: count }, (_, i) => `${word}${i + 1}`);
  const [theirs, ours] = [names("gateway", gatewayCount), names("monitor", monitorCount)];
  const folder = `${arena.folder}/pki`;
  const authority = new Authority(process.env.XYLEM_BINARY, folder, [...theirs, ...ours]);
  const allow = Object.fromEntries(ours.map((name) => [name, "read"]));
  for (const name of theirs) {
    const stateDir = `${arena.folder}/${name}`;
    mkdirSync(stateDir, { mode: 0o700 });
    const link = `${arena.folder}/root-${name}`;
    gateways.push(new Gateway(arena, { name, authority, allow, link, stateDir }));
    await gateways.at(-1).start();
  }
  for (const name of ours) {
    monitors.push(new MonitorProcess(name, authority));
    await monitors.at(-1).begin();
  }
  await until("everybody follows everybody", () =>
    monitors.every((each) => gateways.every(({ name }) => each.follows(name))));
  for (const { link } of gateways)
    meshes.push(await arena.mesh(link, rates.updates, rates.messages));
  await until("everybody has events of everybody", () =>
    monitors.every((each) => gateways.every(({ name }) => position(each.lines()[name]))));
});

after(async () => {
  for (const { proxies } of monitors) for (const proxy of proxies) proxy.close();
  await arena.stop();
});

test("the comparison finds what is missing, doubled, in another order, or untrue", () => {
  const event = (seq) => ({ epoch: 1, seq, kind: "reading", node: 5, data: "00" });
  const record = [1, 2, 3, 4, 5, 6].map(event);
  const gap = (count) => ({ kind: "gap", epoch: 1, seq: 4, count });
  const faults = (...lines) => compare(lines, record).faults.length;
  const [one, two, three, four, five, six] = record;
  assert.equal(faults(one, two, three, four, five, six), 0);
  assert.equal(faults(two, three, four, five, six), 0); // it began later
  assert.equal(faults(one, two, gap(2), five, six), 0);
  assert.equal(faults(one, two, gap(1), five, six), 1);
  assert.equal(faults(one, two, five, six), 1);
  assert.equal(faults(one, two, three, four), 1);
  assert.equal(faults(one, two, two, three, four, five, six), 1);
  assert.ok(faults(one, three, two, four, five, six) > 0);
  assert.equal(faults(one, two, { ...three, data: "01" }, four, five, six), 1);
  assert.equal(faults(one, two, { ...three, epoch: 0 }, four, five, six), 2);
});

const who = `${monitorCount} monitors of ${gatewayCount} gateways`;
test(`after ${seconds} s of faults ${who} have each event once (seed ${seed})`, async () => {
  await makeTrouble();
  console.log(`seed ${seed}: ${JSON.stringify(done)}`);
  for (const mesh of meshes) await arena.end(mesh);
  for (const gateway of gateways) {
    const { epoch, seq } = await until("the record is complete", async () => {
      const { events, recorder } = await gateway.status();
      const isWritten = events.seq === recorder.position.seq && recorder.events.waiting === 0;
      return isWritten && events;
    });
    gateway.end = { epoch, seq };
    for (const monitor of monitors)
      await until(`${monitor.name} has all of ${gateway.name}`, () =>
        monitor.isAtEnd(gateway, { epoch, seq }));
  }
  for (const monitor of monitors) await arena.end(monitor.process);
  const rows = [];
  for (const gateway of gateways) {
    await arena.end(gateway.process);
    const record = readRecord(gateway.stateDir).filter((event) => !isBehind(event, gateway.end));
    for (const monitor of monitors) {
      const found = compare(readFile(monitor.file)[gateway.name], record);
      rows.push({ monitor: monitor.name, gateway: gateway.name, ...found, of: record.length });
    }
  }
  console.table(rows.map((row) => ({ ...row, gaps: row.gaps.length, faults: row.faults.length })));
  const wrong = rows.filter((row) => row.faults.length > 0 || row.gaps.length > 0);
  for (const row of wrong) console.log(row.monitor, row.gateway, row.faults.slice(0, 5), row.gaps);
  assert.ok(rows.every((row) => row.faults.length === 0));
});
