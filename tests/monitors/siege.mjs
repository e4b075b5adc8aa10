// What is attacked, and who must not notice: a gateway with a busy mesh, a listener of its client
// socket and an honest monitor.
import assert from "node:assert/strict";
import { Arena, Gateway, percentile, until } from "./arena.mjs";
import { Authority } from "./certificates.mjs";
import { Listener } from "./listener.mjs";
import { Monitor, hello, openPeer, openTls, wait } from "./monitor.mjs";

const quietTime = 3000; // ms

export class Siege {
  constructor() {
    this.arena = new Arena();
    this.hosts = 0;
    this.open = [];
    this.latencies = []; // of pushes to the listener, an attack each
    this.figures = {}; // whatever else was measured
  }

  async begin() {
    const nodes = ["north", "honest", "attacker", "other"];
    this.authority = new Authority(process.env.XYLEM_BINARY, `${this.arena.folder}/pki`, nodes);
    this.gateway = new Gateway(this.arena, {
      name: "north",
      authority: this.authority,
      link: `${this.arena.folder}/root`,
      allow: { honest: "read", attacker: "read", other: "read", banned: "read" },
    });
    await this.gateway.start();
    this.pid = (await this.gateway.status()).pid;
    this.gatePid = (await this.gateway.gate()).pid;
    this.attacker = this.authority.identity("attacker");
    this.other = this.authority.identity("other");
    this.monitor = new Monitor({
      name: "honest",
      identity: this.authority.identity("honest"),
      port: () => this.gateway.port(),
    });
    this.listener = new Listener(this.gateway.clientPort());
    await this.listener.begun;
    await until("the honest monitor follows", () => this.monitor.connections === 1);
    this.mesh = await this.arena.mesh(this.gateway.link, 100, 200);
    await until("events come", () => this.monitor.messages.length > 0);
    await this.measureQuiet();
  }

  async measureQuiet() {
    const before = await this.pushes();
    await wait(quietTime);
    this.note("(nothing)", await this.pushes(), before);
  }

  async pushes() {
    return (await this.gateway.status()).meshes[0].clients.latency.push;
  }

  async refused(reason) {
    return (await this.gateway.gate()).refused?.[reason] ?? 0;
  }

  /** Limits are of an address: each attacker has one of its own. */
  newHost() {
    ++this.hosts;
    return `127.1.${this.hosts >> 8}.${this.hosts & 0xff}`;
  }

  // -- what attackers connect with; all is closed behind them

  keep(stream) {
    stream.on("error", () => {});
    this.later(() => stream.destroy());
    return stream;
  }

  /** At the end of an attack, however it ends. */
  later(end) {
    this.open.push(end);
  }

  async cleanUp() {
    for (const end of this.open.splice(0)) await end();
  }

  async tls(identity = this.attacker, options = {}) {
    const from = { localAddress: this.newHost(), ...options };
    return this.keep(await openTls(await this.gateway.port(), identity, from));
  }

  async peer(identity = this.attacker, options = {}) {
    const from = { localAddress: this.newHost(), ...options };
    const peer = await openPeer(await this.gateway.port(), identity, from);
    this.keep(peer.stream);
    return peer;
  }

  async greeted(identity, options) {
    const peer = await this.peer(identity, options);
    peer.gateway = await peer.ask("monitor_hello", hello("attacker", 666n));
    assert.equal(peer.gateway.refused, "");
    return peer;
  }

  /**
   * `act` attacks; what it returns is waited for to be closed. Then it is counted under `reason` at
   * least `times`, with words of `says` in the log, and nobody else has noticed anything.
   */
  async attack(name, expected, act) {
    try {
      await this.checkAttack(name, expected, act);
    } finally {
      await this.cleanUp();
    }
  }

  async checkAttack(name, { reason, times = 1, says }, act) {
    const before = { count: reason && (await this.refused(reason)), pushes: await this.pushes() };
    const line = this.gateway.process.lines.length;
    const victim = await act(this);
    if (victim) await until(`${name}: it is closed`, () => victim.isEnded || victim.destroyed);
    if (reason)
      await until(`${name}: counted as ${reason}`, async () => {
        const now = await this.refused(reason);
        return now >= before.count + times;
      }).catch(async (error) => {
        const { refused } = await this.gateway.gate();
        throw new Error(`${error.message}; ${JSON.stringify(refused)}; ${this.log(line)}`);
      });
    if (says) await until(`the log says ${says}`, () => says.test(this.log(line)), 5000);
    await this.nobodyNoticed();
    this.note(name, await this.pushes(), before.pushes);
  }

  log(position) {
    return this.gateway.logAfter(position);
  }

  note(attack, now, before) {
    const time = percentile(0.99, now, before);
    if (!time) return;
    const ratio = time / (this.latencies[0]?.["p99 ms"] ?? time);
    const [shown, ratioShown] = [time, ratio].map((value) => Number(value.toFixed(2)));
    this.latencies.push({ attack, "p99 ms": shown, ratio: ratioShown });
  }

  /** Everybody is still there, and gets what happens now. */
  async nobodyNoticed({ gatePid = this.gatePid } = {}) {
    const status = await this.gateway.status();
    assert.equal(status.pid, this.pid);
    assert.equal(status.monitor_gate.pid, gatePid);
    const [events, pushes] = [this.monitor.events, this.listener.messages.length];
    await until("events reach the monitor", () => this.monitor.events > events);
    await until("pushes reach the listener", () => this.listener.messages.length > pushes);
    this.checkFollowers();
  }

  checkFollowers() {
    assert.deepEqual(this.monitor.faults, []);
    assert.deepEqual(this.monitor.gaps, []);
    assert.deepEqual(this.listener.faults, []);
  }

  /** Each message of the mesh reached both, once and in order. */
  async compare() {
    await this.arena.end(this.mesh);
    await until("all has arrived", async () => {
      const { events } = await this.gateway.status();
      return this.monitor.cursor.seq === BigInt(events.seq);
    });
    await until(
      "as many messages at both",
      () => this.monitor.messages.length === this.listener.messages.length,
    ).catch(() => {});
    assert.deepEqual(this.monitor.messages, this.listener.messages);
    this.checkFollowers();
  }

  async end() {
    console.table(this.latencies);
    console.table(this.figures);
    await this.cleanUp();
    this.listener?.close();
    await this.monitor?.close();
    await this.arena.stop();
  }
}
