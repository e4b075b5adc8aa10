import { decimalsOf, time } from "./format.js";

/** Samples of the rates of a mesh: five minutes at one a second. */
export const samplesKept = 300;

const sum = (rejects, what) =>
  Object.values(rejects ?? {}).reduce((total, reject) => total + (reject[what] ?? 0), 0);

/** What the page knows of a mesh beside its nodes. */
export class Mesh {
  constructor(name) {
    this.name = name;
    this.link = { state: "unknown", reason: "", since: NaN, lastFrame: NaN, port: "" };
    this.linkToldAt = -Infinity; // page time of the last link_changed
    this.status = null; // as the API said it
    this.samples = []; // {at, frames, bytes, rejects} a second
    this.last = null;
    this.decimals = new Map(); // data type → decimals of its fields, by name
  }

  /** Elsewhere: its port and its frames are its gateway's, named before it. */
  get isFollowed() {
    return this.name.includes("/");
  }

  /** An event is newer than any status that was asked for before it came. */
  tell(event, now) {
    this.linkToldAt = now;
    if (event.state !== this.link.state) this.link.changed = event.time;
    this.link = { ...this.link, state: event.state, reason: event.text ?? "" };
  }

  /** `asked`: when the page asked, `now`: when it was answered, both page time. */
  report(status, asked, now) {
    this.status = status;
    const { link = {}, uart } = status;
    const told = this.linkToldAt > asked;
    this.link = {
      ...this.link,
      state: told ? this.link.state : (link.state ?? "unknown"),
      reason: told ? this.link.reason : (link.reason ?? ""),
      since: time(link.since),
      lastFrame: time(link.last_frame),
      port: link.port ?? "",
    };
    for (const { code, fields } of status.data_types ?? [])
      this.decimals.set(
        code,
        Object.fromEntries(fields.map((field) => [field.name, decimalsOf(field)])),
      );
    if (uart?.frames !== undefined) this.sample(uart, now);
  }

  sample(uart, now) {
    const current = {
      now,
      frames: uart.frames,
      bytes: uart.bytes_read,
      rejects: sum(uart.rejects, "count"),
    };
    const { last } = this;
    const seconds = last ? (now - last.now) / 1000 : 0;
    if (last && seconds < 0.2) return;
    this.last = current;
    if (!last || current.frames < last.frames || current.bytes < last.bytes) return;
    this.samples.push({
      at: now,
      frames: (current.frames - last.frames) / seconds,
      bytes: (current.bytes - last.bytes) / seconds,
      rejects: Math.max(current.rejects - last.rejects, 0) / seconds,
    });
    if (this.samples.length > samplesKept) this.samples.shift();
  }

  /** The mean of the last `span` milliseconds. */
  rates(now, span = 5000) {
    const recent = this.samples.filter((sample) => sample.at > now - span);
    if (!recent.length) return { frames: NaN, bytes: NaN, rejects: NaN };
    const mean = (what) => recent.reduce((total, s) => total + s[what], 0) / recent.length;
    return { frames: mean("frames"), bytes: mean("bytes"), rejects: mean("rejects") };
  }

  /** Reasons with a count, the most frequent one first. */
  rejects() {
    return Object.entries(this.status?.uart?.rejects ?? {})
      .map(([reason, { count, bytes }]) => ({ reason, count, bytes }))
      .sort((a, b) => b.count - a.count);
  }
}
