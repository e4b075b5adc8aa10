import { hexAddress, longValue, printable } from "./format.js";

export const eventsKept = 2000;

export const kinds = [
  "reading",
  "message",
  "request",
  "node_joined",
  "node_changed",
  "link_changed",
  "root_restarted",
  "root_log",
  "command",
  "incident",
  "gap",
];

/** What a node said: the root's messages begin with their length, which is no part of the text. */
export function messageText({ type, data = "", text }) {
  const length = parseInt(data.slice(0, 2), 16);
  if (type === "[M]" && length === data.length / 2 - 1) return printable(data.slice(2));
  return text ?? printable(data);
}

/** What an event says, on one line. */
export function eventText(event) {
  switch (event.kind) {
    case "reading":
      return `${event.type}  ${longValue(event)}`;
    case "message":
    case "request":
      return messageText(event);
    case "node_joined":
      return event.uuid ? `joined, ${event.uuid}` : "joined";
    case "node_changed":
      return `is ${event.state}`;
    case "link_changed":
      return event.text ? `${event.state}: ${event.text}` : event.state;
    case "command":
      return `command ${event.id} ${event.state}${event.text ? `: ${event.text}` : ""}`;
    case "gap":
      return `${event.count ?? "?"} events are missing: ${event.reason ?? event.text ?? "unknown"}`;
    default:
      return event.text ?? "";
  }
}

/** The last `capacity` things. */
class Ring {
  constructor(capacity) {
    this.capacity = capacity;
    this.items = [];
    this.next = 0; // where it is written when it is full
  }

  push(item) {
    if (this.items.length < this.capacity) this.items.push(item);
    else this.items[this.next++ % this.capacity] = item;
  }

  /** The newest one is 0; undefined beyond the oldest. */
  at(back) {
    const n = this.items.length;
    return back < n ? this.items[(this.next + n - 1 - back) % n] : undefined;
  }
}

/** The latest events. Readings have a ring of their own, so that they do not drive out the rest. */
export class EventLog {
  constructor(capacity = eventsKept) {
    this.readings = new Ring(capacity);
    this.others = new Ring(capacity);
    this.total = 0;
  }

  get size() {
    return this.readings.items.length + this.others.items.length;
  }

  push(event) {
    event.order = ++this.total;
    (event.kind === "reading" ? this.readings : this.others).push(event);
  }

  /** Newest first, those that the filter wants, and not those after `until` (an order). */
  select(wanted, until = Infinity, most = Infinity) {
    const out = [];
    for (let r = 0, o = 0; out.length < most; ) {
      const reading = this.readings.at(r);
      const other = this.others.at(o);
      if (!reading && !other) break;
      const event = !other || reading?.order > other.order ? reading : other;
      event === reading ? ++r : ++o;
      if (event.order <= until && wanted(event)) out.push(event);
    }
    return out;
  }
}

/** A predicate of `{kinds: Set?, mesh, node, text}`; gaps always pass, they concern everybody. */
export function eventFilter({ kinds: wanted, mesh, node, text }) {
  const needle = (text ?? "").trim().toLowerCase();
  const address = parseNode(node);
  return (event) => {
    if (event.kind === "gap") return true;
    if (wanted && !wanted.has(event.kind)) return false;
    if (mesh && event.mesh !== mesh) return false;
    if (address !== null && event.node !== address) return false;
    return !needle || searchText(event).includes(needle);
  };
}

function searchText(event) {
  event.search ??= `${event.kind} ${event.mesh ?? ""} ${
    event.node === undefined ? "" : `${event.node} ${hexAddress(event.node)}`
  } ${eventText(event)} ${event.data ?? ""}`.toLowerCase();
  return event.search;
}

/** `5`, `0x0005`; null: every node; NaN, which is no node's: not understood. */
export function parseNode(text) {
  const trimmed = (text ?? "").trim();
  if (!trimmed) return null;
  return /^(0x[0-9a-f]{1,4}|\d{1,5})$/i.test(trimmed) ? Number(trimmed) : NaN;
}
