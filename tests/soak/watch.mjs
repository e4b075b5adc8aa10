// What is looked at while a run goes on: sums of each status, memory, descriptors, threads.
import { readFileSync } from "node:fs";
import { wait } from "../monitors/monitor.mjs";
import { meshes } from "./plan.mjs";
import { faultsOf } from "./sums.mjs";

/** Counters begin anew with their actor; the sum over all its lives. */
export class Totals {
  constructor() {
    this.lives = new Map();
  }

  /** `counts` are what one life (a key) has reached; `isHeir`: it began with what was before it. */
  take(life, counts, isHeir = false) {
    const base = this.lives.get(life)?.base ?? (isHeir ? counts : {});
    this.lives.set(life, { base, counts });
  }

  sum() {
    const total = {};
    for (const { base, counts } of this.lives.values())
      for (const [name, count] of Object.entries(counts))
        total[name] = (total[name] ?? 0) + count - (base[name] ?? 0);
    return total;
  }
}

/** What a process has allocated and uses, bytes: without code, files and what is shared. */
function anonymousBytes(pid) {
  return 1024 * Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/RssAnon:\s+(\d+)/)[1]);
}

/** CPU seconds of a process so far. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function unlessGone(read) {
  try {
    return read();
  } catch {
    return undefined; // the process has just ended
  }
}

export class Watch {
  constructor(world, period) {
    Object.assign(this, { world, period, samples: [], noted: new Map(), statuses: 0 });
    this.lines = Object.fromEntries(meshes.map((mesh) => [mesh, new Totals()]));
    this.records = new Totals();
    this.ended = this.run();
  }

  async run() {
    for (; !this.closed; await wait(this.period)) {
      const status = await this.world.gateway.healthy();
      if (status) this.take(status);
    }
  }

  take(status) {
    ++this.statuses;
    const at = Date.now();
    for (const { where, off } of faultsOf(status)) this.note(`${where}: off by ${off}`, at);
    const {
      resident_bytes: resident,
      threads,
      open_fds: descriptors,
      cpu_seconds: cpu,
    } = status.process;
    const { pid } = status;
    const anonymous = unlessGone(() => anonymousBytes(pid));
    const gate = unlessGone(() => cpuSeconds(status.monitor_gate.pid));
    this.samples.push({ at, pid, resident, anonymous, threads, descriptors, cpu, gate });
    this.latest = status;
    this.count(status);
  }

  /** The same difference again and again is one fault. */
  note(fault, at) {
    if (!this.noted.has(fault))
      this.noted.set(fault, { since: new Date(at).toISOString(), times: 0 });
    ++this.noted.get(fault).times;
  }

  get faults() {
    return [...this.noted].map(
      ([what, { since, times }]) => `${what}, in ${times} statuses since ${since}`,
    );
  }

  count({ pid, actors, meshes: all, recorder }) {
    const restarts = (name) => actors.find((actor) => actor.name === name)?.restarts;
    const life = (name) => `${pid}/${restarts(name)}`;
    for (const { name, uart } of all) {
      if (!uart?.bytes_read) continue;
      const rejects = Object.entries(uart.rejects).map(([why, { count }]) => [
        `rejected: ${why}`,
        count,
      ]);
      const { bytes_read, frames, console_bytes } = uart;
      const counts = { bytes_read, frames, console_bytes, ...Object.fromEntries(rejects) };
      // A new network manager is told the sums of the uart, which lives on.
      const manager = `network_manager/${name}`;
      this.lines[name].take(life(manager), counts, restarts(manager) > 0);
    }
    if (recorder?.events) this.records.take(life("recorder"), { ...recorder.events });
  }

  /** Before somebody dies whose counters would be gone. */
  async look() {
    const status = await this.world.gateway.healthy();
    if (status) this.take(status);
  }

  async close() {
    this.closed = true;
    await this.ended;
  }
}
