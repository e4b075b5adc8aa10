// Who was told what, in four bytes an event: an hour has a million of them.

/** FNV-1a of what both a record and a follower tell of an event; never 0, which is "not told". */
export function fingerprint({ kind, node, data }) {
  const text = ["reading", "message", "request"].includes(kind) ? `${kind} ${node} ${data}` : kind;
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; ++i) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0 || 1;
}

/** Of each epoch the fingerprint of each event by its number, from 1 on. */
export class Ledger {
  constructor() {
    this.epochs = new Map();
    this.events = 0;
    this.faults = [];
    this.gaps = []; // epoch, seq (of the last one that is missing), count
    this.begin = undefined; // epoch and seq of the first event
    this.end = undefined; // of the latest
  }

  fault(text) {
    if (this.faults.length < 50) this.faults.push(text);
    this.faultCount = (this.faultCount ?? 0) + 1;
  }

  of(epoch, seq) {
    let numbers = this.epochs.get(epoch);
    if (!numbers || numbers.length <= seq) {
      const grown = new Uint32Array(Math.max(4096, 2 * seq));
      if (numbers) grown.set(numbers);
      this.epochs.set(epoch, (numbers = grown));
    }
    return numbers;
  }

  /** An event, or a gap, as it came. */
  take(event) {
    const { epoch, seq } = event;
    if (this.end && (epoch < this.end.epoch || (epoch === this.end.epoch && seq <= this.end.seq)))
      this.fault(`${epoch}/${seq} after ${this.end.epoch}/${this.end.seq}`);
    this.end = { epoch, seq };
    if (event.kind === "gap") return void this.gaps.push({ ...event, after: this.events });
    this.begin ??= { epoch, seq };
    ++this.events;
    this.of(epoch, seq)[seq] = fingerprint(event);
  }

  /** How many were told, up to a position. */
  count(until) {
    let count = 0;
    for (const [epoch, numbers] of this.epochs)
      for (let seq = 0; seq < numbers.length; ++seq)
        if (numbers[seq] && !(until && isBefore(until, { epoch, seq }))) ++count;
    return count;
  }

  told(epoch, seq) {
    const numbers = this.epochs.get(epoch);
    return numbers && seq < numbers.length ? numbers[seq] : 0;
  }
}

const isBefore = (a, b) => a.epoch < b.epoch || (a.epoch === b.epoch && a.seq < b.seq);

/**
 * Walks the record once, event by event in order, beside a ledger: `take` each, then `result`.
 * `lives` are those of the record: `epoch` and `last`, the number of its last event. What a
 * follower was not told between two events that it was told needs a gap that says how many. It
 * may know what is not in the record, when nothing could be written: that is counted there.
 */
export class Comparison {
  constructor(ledger, lives, until) {
    Object.assign(this, { ledger, lives, until, faults: [...ledger.faults] });
    this.life = -1;
    this.seq = 0; // of the last number of this life that was looked at
    this.compared = 0;
    this.unrecorded = 0; // told, and not in the record
    this.missing = 0; // since the last event that was told
    this.explained = 0;
    this.gap = 0;
  }

  fault(text) {
    if (this.faults.length < 50) this.faults.push(text);
  }

  take(event) {
    while (this.lives[this.life]?.epoch !== event.epoch) this.nextLife();
    while (++this.seq < event.seq) this.look(this.seq);
    this.look(event.seq, event);
  }

  /** What is at the end of a life without being in the record. */
  nextLife() {
    const life = this.lives[this.life];
    while (life && ++this.seq <= life.last) this.look(this.seq);
    this.seq = 0;
    if (++this.life >= this.lives.length) throw new Error("an event of a life that is not known");
  }

  /** At a number of this life; `event` when the record has it. */
  look(seq, event) {
    const { ledger, until } = this;
    const at = { epoch: this.lives[this.life].epoch, seq };
    if (!ledger.begin || isBefore(at, ledger.begin) || (until && isBefore(until, at))) return;
    const told = ledger.told(at.epoch, seq);
    if (!told) return void ++this.missing;
    if (event && told !== fingerprint(event)) this.fault(`${at.epoch}/${seq} is another event`);
    this.settle(at);
    if (event) ++this.compared;
    else ++this.unrecorded;
  }

  /** The gaps told before this event must count what was missing. */
  settle(at) {
    let count = 0;
    for (; this.gap < this.ledger.gaps.length; ++this.gap) {
      const gap = this.ledger.gaps[this.gap];
      if (!isBefore(gap, at)) break;
      count += gap.count;
    }
    if (count !== this.missing)
      this.fault(`${this.missing} missing before ${at.epoch}/${at.seq}, gaps say ${count}`);
    this.explained += count;
    this.missing = 0;
  }

  result() {
    const { ledger } = this;
    const life = this.lives[this.life];
    while (life && ++this.seq <= life.last) this.look(this.seq);
    if (this.missing) this.fault(`${this.missing} missing at the end`);
    const events = ledger.count(this.until);
    if (this.compared + this.unrecorded !== events)
      this.fault(`${events} were told, ${this.compared + this.unrecorded} of them did happen`);
    return {
      events,
      compared: this.compared,
      unrecorded: this.unrecorded,
      gaps: ledger.gaps.length,
      missed: this.explained,
      faults: this.faults,
    };
  }
}
