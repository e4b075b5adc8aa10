// What the roots sent, against what is in the record. Messages and requests of a mesh carry a
// number: whatever is missing is missing at a known time, and needs a fault that explains it.

const margin = { before: 500, after: 1500 }; // ms; what a fault touches around itself

/** When something lossy went on: `kind`, `mesh` (none: all), `begin` and `end` in ms. */
export class Windows {
  constructor(windows) {
    this.windows = windows;
  }

  /** Those that touch a mesh between two moments. */
  between(mesh, from, to) {
    return this.windows.filter(
      (each) =>
        (!each.mesh || each.mesh === mesh) &&
        each.begin - margin.before <= to &&
        each.end + margin.after >= from,
    );
  }

  /** Of a stretch of time, how many s no window touches a mesh. */
  quietSeconds(mesh, from, to) {
    const touched = this.between(mesh, from, to)
      .map(({ begin, end }) => [begin - margin.before, end + margin.after])
      .sort((a, b) => a[0] - b[0]);
    let quiet = 0;
    let at = from;
    for (const [begin, end] of touched) {
      quiet += Math.max(0, Math.min(begin, to) - at);
      at = Math.max(at, end);
    }
    return (quiet + Math.max(0, to - at)) / 1000;
  }

  /** How often something lossy that is no noise touched a mesh. */
  count(mesh) {
    return this.windows.filter((each) => !each.isNoise && (!each.mesh || each.mesh === mesh))
      .length;
  }
}

/** The gateway's clock against ours: it jumped, by our orders; times and `by` in ms. */
export class Clock {
  constructor(begin) {
    this.segments = [{ at: begin, ahead: 0 }]; // in order
    this.now = 0;
  }

  jump(at, by) {
    this.segments.push({ at, ahead: this.segments.at(-1).ahead + by });
  }

  /** Another process has the system's clock. */
  restart(at) {
    this.segments.push({ at, ahead: 0 });
  }

  /** Our time of an event whose time the gateway told; to be asked in the order of events. */
  ours(wall) {
    for (let i = this.now; i < this.segments.length; ++i) {
      const { at, ahead } = this.segments[i];
      const until = this.segments[i + 1]?.at ?? Infinity;
      const time = wall - ahead;
      if (time < at - 1500 || time > until + 1500) continue;
      this.now = i;
      return time;
    }
    return wall - this.segments[this.now].ahead;
  }
}

const numbered = /(?:message|request) (\d+) from node (\d+)$/;
const echoed = /echo: soak (\d+)$/;

/** On a bad line a flipped bit makes 742 of 342: less than that is made up for within a margin. */
const believed = 9;

/** The numbered messages of one mesh. */
export class MessageTruth {
  constructor(mesh, windows) {
    Object.assign(this, { mesh, windows, faults: [], lost: {}, recorded: 0, missing: 0 });
    this.echoes = new Map(); // of command numbers, how often
    this.altered = 0;
    this.alterations = [];
    this.last = 0;
    this.lastTime = 0;
  }

  fault(text) {
    if (this.faults.length < 20) this.faults.push(`${this.mesh}: ${text}`);
  }

  /** A payload as hex, and when it came by our clock. */
  take(data, node, time) {
    const text = Buffer.from(data, "hex").toString("latin1");
    const echo = text.match(echoed);
    if (echo && this.isNoisy(time)) return; // 107 may be 507 on a bad line
    if (echo) return void this.echoes.set(+echo[1], (this.echoes.get(+echo[1]) ?? 0) + 1);
    const found = text.match(numbered);
    if (!found || +found[2] !== node) return this.alter(`what no root sent: ${text}`, time);
    const number = +found[1];
    if (number <= this.last) return this.alter(`${number} after ${this.last}`, time);
    if (number > this.last + believed && this.isNoisy(time))
      return this.alter(`${number} after ${this.last}`, time); // the next ones tell what is missing
    if (number > this.last + 1) this.explain(this.last + 1, number - 1, time);
    ++this.recorded;
    this.last = number;
    this.lastTime = time;
  }

  /** A flipped bit makes other texts and numbers; nothing else may. */
  alter(what, time) {
    ++this.altered;
    this.alterations.push(what);
    if (!this.isNoisy(time)) this.fault(what);
  }

  isNoisy(time) {
    return this.windows.between(this.mesh, time, time).some(({ isNoise }) => isNoise);
  }

  explain(from, to, time) {
    const touching = this.windows.between(this.mesh, this.lastTime, time);
    const count = to - from + 1;
    if (touching.length === 0) this.fault(`${from} to ${to} are lost, and nothing explains it`);
    const why = touching.map(({ kind }) => kind).join(" or ") || "nothing";
    this.lost[why] = (this.lost[why] ?? 0) + count;
    this.missing += count;
  }
}
