// What is attacked, and who must not notice: a gateway with a busy mesh, a listener of its client
// socket and an honest monitor.
import assert from "node:assert/strict";
import { setPriority } from "node:os";
import { Arena, Gateway, percentile, until } from "./arena.mjs";
import { Authority } from "./certificates.mjs";
import { Listener } from "./listener.mjs";
import { Monitor, hello, openPeer, openTls } from "./monitor.mjs";

/** For figures, each attack goes on again and again until so many pushes were timed; 0: once. */
const atLeast = Number(process.env.XYLEM_PUSHES ?? 0);
export const isLong = atLeast > 0;
const pushRate = isLong ? 500 : 200;
const quietPushes = 3 * Math.max(atLeast, 200);
const quietWithin = 10_000 * (quietPushes / pushRate); // ms, ten times what it takes

/** Of the p99 of pushes, while somebody attacks, to that while nobody does. */
const mostRatio = 1.2;

const total = ({ counts }) => counts.reduce((sum, count) => sum + count, 0);

/** What a histogram counted since another one. */
const since = (before, { bounds, counts }) => ({
  bounds,
  counts: counts.map((count, i) => count - before.counts[i]),
});

/** What several histograms of the same bounds counted. */
const pooled = (all) => ({
  bounds: all[0].bounds,
  counts: all[0].counts.map((_, i) => all.reduce((sum, { counts }) => sum + counts[i], 0)),
});

/** Of a histogram at so many ms, in ms: how wide that bucket is; NaN beyond the last one. */
function resolution({ bounds }, ms) {
  const bucket = bounds.findIndex((bound) => ms <= 1000 * bound);
  return 1000 * (bounds[bucket] - (bucket > 0 ? bounds[bucket - 1] : 0));
}

export class Siege {
  constructor() {
    this.arena = new Arena();
    this.hosts = 0;
    this.open = [];
    this.quiet = []; // pushes to the listener while nobody attacks: histograms
    this.timed = []; // the same of each attack
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
    this.mesh = await this.arena.mesh(this.gateway.link, 100, pushRate);
    await until("events come", () => this.monitor.messages.length > 0);
    if (isLong) setPriority(19); // who attacks has a machine of its own
    await this.measureQuiet();
  }

  async measureQuiet() {
    const before = await this.pushes();
    const enough = async () => {
      const times = since(before, await this.pushes());
      return total(times) >= quietPushes && times;
    };
    this.quiet.push(await until("enough pushes", enough, quietWithin));
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
   * least `times`, with words of `says` in the log, and nobody else has noticed anything. What
   * cannot be done twice is done `once`.
   */
  async attack(name, expected, act) {
    const { once, says } = expected;
    const line = this.gateway.process.lines.length;
    const before = await this.pushes();
    let times;
    do {
      try {
        await this.checkAttack(name, expected, act);
      } finally {
        await this.cleanUp();
      }
      times = since(before, await this.pushes());
    } while (!once && total(times) < atLeast);
    this.timed.push({ attack: name, once, ...times });
    // Not timed: what is repeated is told after 10 s, and a gate has 20 lines a second.
    if (says) await until(`the log says ${says}`, () => says.test(this.log(line)));
  }

  async checkAttack(name, { reason, times = 1 }, act) {
    const before = reason && (await this.refused(reason));
    const line = this.gateway.process.lines.length;
    const victim = await act(this);
    if (victim) await until(`${name}: it is closed`, () => victim.isEnded || victim.destroyed);
    if (reason)
      await until(`${name}: counted as ${reason}`, async () => {
        const now = await this.refused(reason);
        return now >= before + times;
      }).catch(async (error) => {
        const { refused } = await this.gateway.gate();
        throw new Error(`${error.message}; ${JSON.stringify(refused)}; ${this.log(line)}`);
      });
    await this.nobodyNoticed();
  }

  log(position) {
    return this.gateway.logAfter(position);
  }

  /** How long pushes took, against those while nobody attacked. */
  latencies() {
    const quiet = pooled(this.quiet);
    const base = percentile(0.99, quiet);
    const row = (attack, times) => {
      const p99 = percentile(0.99, times) ?? NaN;
      const [shown, ratio] = [p99, p99 / base].map((value) => Number(value.toFixed(2)));
      return { attack, pushes: total(times), "p99 ms": shown, ratio };
    };
    return [
      row("(nothing)", quiet),
      ...(this.timed.length ? [row("(all attacks)", pooled(this.timed))] : []),
      ...this.timed.map((each) => row(each.attack, each)),
    ];
  }

  /** Each attack was timed, and all of them together hardly delay a push. */
  checkLatencies() {
    const tooShort = this.timed.filter((each) => total(each) < (each.once ? 1 : atLeast));
    assert.deepEqual(tooShort.map(({ attack }) => attack), []);
    const quiet = pooled(this.quiet);
    const base = percentile(0.99, quiet);
    const most = mostRatio * base + resolution(quiet, base);
    const p99 = percentile(0.99, pooled(this.timed));
    assert.ok(p99 <= most, `p99 ${p99} ms; quiet ${base} ms, so at most ${most} ms`);
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
    if (isLong) await this.measureQuiet();
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
    try {
      await this.cleanUp();
      if (this.quiet.length) console.table(this.latencies());
      console.table(this.figures);
    } finally {
      this.listener?.close();
      await this.monitor?.close();
      await this.arena.stop();
    }
  }
}
