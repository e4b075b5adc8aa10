import { hexAddress, time } from "./format.js";

/** How many positions of a node are kept for its trail, and how many of its messages. */
export const trailLength = 128;
export const messagesKept = 30;

/** Where a reading was made, if its fields say so; 0, 0 is how receivers say that they do not know. */
export function positionOf(value) {
  if (!value) return null;
  const longitude = value.longitude ?? value.lon ?? value.lng;
  const latitude = value.latitude ?? value.lat;
  if (!Number.isFinite(longitude) || !Number.isFinite(latitude)) return null;
  if (Math.abs(longitude) > 180 || Math.abs(latitude) > 85) return null;
  return longitude === 0 && latitude === 0 ? null : { longitude, latitude };
}

export function nodeKey(mesh, address) {
  return `${mesh}/${address}`;
}

const noCounters = { frames: 0, readings: 0, messages: 0, requests: 0, malformed: 0 };

/** What the page knows of a node. The store owns it and counts `version` up when it changes. */
export class Node {
  constructor(mesh, address) {
    this.key = nodeKey(mesh, address);
    this.mesh = mesh;
    this.address = address;
    this.uuid = "";
    this.name = "";
    this.status = "disconnected";
    this.heard = false;
    this.firstHeard = NaN;
    this.lastHeard = NaN;
    this.counters = { ...noCounters };
    this.types = [];
    this.latest = new Map();
    this.position = null;
    this.trail = [];
    this.messages = [];
    this.round = 0; // of the snapshot that named it
    this.knownUntil = NaN; // the counters hold what was heard until then
    this.version = 0;
  }

  /** Takes the gateway's word, which is at least as new as what is known. */
  replace(said) {
    this.uuid = said.uuid ?? "";
    this.name = said.name ?? "";
    this.status = said.status;
    this.heard = said.heard;
    this.firstHeard = time(said.first_heard);
    this.lastHeard = time(said.last_heard);
    this.knownUntil = this.lastHeard;
    this.counters = { ...noCounters, ...said.counters };
    this.types = said.types ?? [];
    if (said.readings) {
      const known = this.latest;
      this.latest = new Map();
      for (const reading of said.readings) this.take(readingOf(reading), known.get(reading.type));
    }
    ++this.version;
  }

  /** Keeps a reading as the latest of its type. */
  take(reading, before) {
    this.latest.set(reading.type, reading);
    const position = positionOf(reading.value);
    if (!position) return;
    this.position = position;
    if (before && before.seq === reading.seq && before.time === reading.time) return;
    this.trail.push({ ...position, time: reading.time });
    if (this.trail.length > trailLength) this.trail.shift();
  }

  /** Makes the trail longer by what history knows; readings that tell no position change nothing. */
  retrace(readings) {
    const places = readings
      .map(({ value, time }) => ({ ...positionOf(value), time }))
      .filter((place) => place.latitude !== undefined);
    if (places.length > this.trail.length) this.trail = places.slice(-trailLength);
  }

  /** A reading that an event told; false when it was known. */
  read(reading) {
    const before = this.latest.get(reading.type);
    if (before && reading.seq <= before.seq && reading.time <= before.time) return false;
    this.take(reading, before);
    if (!before && !this.types.includes(reading.type)) this.types = [...this.types, reading.type];
    ++this.counters.readings;
    this.hear(reading.time);
    return true;
  }

  say(kind, event) {
    this.messages.unshift(event);
    this.messages.length = Math.min(this.messages.length, messagesKept);
    if (!(event.time <= this.knownUntil))
      ++this.counters[kind === "request" ? "requests" : "messages"];
    this.hear(event.time);
  }

  hear(at) {
    this.heard = true;
    if (!(this.lastHeard > at)) this.lastHeard = at;
    if (!(this.firstHeard <= at)) this.firstHeard = at;
    ++this.version;
  }

  /** What the filter looks at, lower-case. */
  get text() {
    return `${this.address} ${hexAddress(this.address)} ${this.name} ${this.uuid} ${this.mesh} ${
      this.status
    } ${this.types.join(" ")}`.toLowerCase();
  }
}

/** A reading of the API, or of an event, in which `reading` is its seq. */
export function readingOf(said) {
  return {
    seq: said.reading ?? said.seq,
    time: typeof said.time === "number" ? said.time : time(said.time),
    type: said.type,
    data: said.data ?? "",
    value: said.value,
  };
}
