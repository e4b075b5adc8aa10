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
 * What is missing between two events that were told needs a gap that says how many.
 */
export class Comparison {
  constructor(ledger, until) {
    this.ledger = ledger;
    this.until = until; // what came later was not waited for
    this.compared = 0;
    this.missing = 0; // since the last event that was told
    this.explained = 0;
    this.faults = [...ledger.faults];
    this.gap = 0;
  }

  fault(text) {
    if (this.faults.length < 50) this.faults.push(text);
  }

  take(event) {
    const { ledger, until } = this;
    if (!ledger.begin || isBefore(event, ledger.begin)) return;
    if (until && isBefore(until, event)) return;
    const told = ledger.told(event.epoch, event.seq);
    if (!told) {
      this.missing ||= 0;
      ++this.missing;
      return;
    }
    if (told !== fingerprint(event)) this.fault(`${event.epoch}/${event.seq} is another event`);
    this.settle(event);
    ++this.compared;
  }

  /** The gaps told before this event must count what was missing. */
  settle(event) {
    let count = 0;
    for (; this.gap < this.ledger.gaps.length; ++this.gap) {
      const gap = this.ledger.gaps[this.gap];
      if (!isBefore(gap, event)) break;
      count += gap.count;
    }
    if (count !== this.missing)
      this.fault(`${this.missing} missing before ${event.epoch}/${event.seq}, gaps say ${count}`);
    this.explained += count;
    this.missing = 0;
  }

  result() {
    const { compared, explained, faults, ledger } = this;
    if (this.missing) this.fault(`${this.missing} missing at the end`);
    const events = ledger.count(this.until);
    if (compared !== events) this.fault(`${events} were told, ${compared} of them are in the record`);
    return { events, compared, gaps: ledger.gaps.length, missed: explained, faults };
  }
}
