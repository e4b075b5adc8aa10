// BASP of CAF 0.17.6 as far as protocol/MONITOR.md §2 lets it pass, and what is needed to break its
// rules: frames as bytes, and a peer that speaks them over any stream.
import { EventEmitter } from "node:events";
import { randomBytes } from "node:crypto";
import { decode, encode } from "./messages.mjs";

export const operations = {
  serverHandshake: 0,
  clientHandshake: 1,
  direct: 2,
  routed: 3,
  monitor: 4,
  down: 5,
  heartbeat: 6,
};

export const headerSize = 32;
export const baspVersion = 3n;
export const selectConnection = 0x02;
export const namedReceiver = 0x01;
export const plain = 0x1000_0000_0000_0000n; // nobody waits for an answer
const answerFlag = 0x8000_0000_0000_0000n;
const requestNumber = 0x0fff_ffff_ffff_ffffn;
const defaultNode = 0x3e9a_ab9b_ac79n; // the atom "default"

export const named = {
  ConfigServ: 0xf374_cebb_ac76_adfbn,
  SpawnServ: 0x03dd_d66f_3376_adfbn,
};

export const u16 = (value) => Buffer.from([value >> 8, value & 0xff]);
export const u32 = (value) => {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
};
export const u64 = (value) => {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(value));
  return out;
};

/** Seven bits a byte, the low ones first. */
export function varint(value) {
  const out = [];
  for (; value > 0x7f; value = Math.floor(value / 128)) out.push((value & 0x7f) | 0x80);
  return Buffer.from([...out, value]);
}

export const text = (value) => {
  const run = Buffer.from(value);
  return Buffer.concat([varint(run.length), run]);
};

/** The length may be another one than that of the payload. */
export function header(fields, size) {
  const { operation, padding = 0, flags = 0, data = 0n, source = 0, destination = 0 } = fields;
  return Buffer.concat([
    Buffer.from([operation]),
    u16(padding),
    Buffer.from([flags]),
    u32(size),
    u64(data),
    u64(source),
    u64(destination),
  ]);
}

export const frame = (fields, payload = Buffer.alloc(0)) =>
  Buffer.concat([header(fields, payload.length), payload]);

/** A node id that nobody else has. */
export const newNode = () => Buffer.concat([u64(defaultNode), randomBytes(24)]);

export const clientHandshake = (node) =>
  frame({ operation: operations.clientHandshake, flags: selectConnection }, node);

/** No forwarding stack, no number of a type, the names of the types, their values. */
export const content = (types, ...values) =>
  Buffer.concat([Buffer.alloc(3), text(`@<>${types}`), ...values]);

export const heartbeat = () => header({ operation: operations.heartbeat }, 0);

export function parseHeader(bytes) {
  return {
    operation: bytes[0],
    flags: bytes[3],
    size: bytes.readUInt32BE(4),
    data: bytes.readBigUInt64BE(8),
    source: bytes.readBigUInt64BE(16),
    destination: bytes.readBigUInt64BE(24),
  };
}

class PayloadReader {
  constructor(bytes) {
    this.left = bytes;
  }

  take(size) {
    if (size > this.left.length) throw new Error("a payload that ends early");
    const out = this.left.subarray(0, size);
    this.left = this.left.subarray(size);
    return out;
  }

  varint() {
    for (let value = 0, factor = 1; ; factor *= 128) {
      const byte = this.take(1)[0];
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  text() {
    return this.take(this.varint());
  }

  texts() {
    return Array.from({ length: this.varint() }, () => String(this.text()));
  }
}

export function parseServerHandshake(payload) {
  const from = new PayloadReader(payload);
  return {
    node: Buffer.from(from.take(32)),
    applications: from.texts(),
    actor: from.take(8).readBigUInt64BE(),
    signatures: from.texts(),
  };
}

/** Of one value: its type, and the text that it is serialised as. */
export function parseContent(payload) {
  const from = new PayloadReader(payload);
  if (from.take(3).some(Boolean)) throw new Error("a forwarding stack, or a type by its number");
  const types = String(from.text());
  return { types, value: types.length > 3 && types !== "@<>+@error" ? from.text() : undefined };
}

/** Splits what comes into frames. */
class Splitter {
  kept = Buffer.alloc(0);

  *feed(bytes) {
    this.kept = Buffer.concat([this.kept, bytes]);
    while (this.kept.length >= headerSize) {
      const head = parseHeader(this.kept);
      const end = headerSize + head.size;
      if (this.kept.length < end) return;
      yield { ...head, payload: this.kept.subarray(headerSize, end) };
      this.kept = this.kept.subarray(end);
    }
  }
}

/**
 * One connection to a gate, behind TLS, as one actor of a node. Emits `introduced` when it knows the
 * facade, `message` with type and value for what is no answer, and `end`.
 */
export class BaspPeer extends EventEmitter {
  constructor(stream) {
    super();
    this.stream = stream;
    this.node = newNode();
    this.actor = 17n;
    this.requests = new Map();
    this.last = 0n;
    this.splitter = new Splitter();
    stream.on("data", (bytes) => this.feed(bytes));
    stream.on("error", (error) => (this.error ??= error));
    stream.once("close", () => this.ended());
  }

  feed(bytes) {
    for (const one of this.splitter.feed(bytes)) this.take(one);
  }

  take(one) {
    if (one.operation === operations.serverHandshake) {
      this.facade = parseServerHandshake(one.payload);
      this.emit("introduced", this.facade);
    } else if (one.operation === operations.direct) {
      this.takeMessage(one);
    } else {
      this.emit("notice", one);
    }
  }

  takeMessage({ data, payload }) {
    const { types, value } = parseContent(payload);
    const type = types.replace(/^@<>\+(xylem\.)?/, "");
    const waiting = data & answerFlag && this.requests.get(data & requestNumber);
    if (!waiting) return this.emit("message", type, decode(type, value), value.length);
    this.requests.delete(data & requestNumber);
    if (type === "@error" || !value) waiting.reject(new Error(`answered with ${types}`));
    else waiting.resolve(decode(type, value));
  }

  ended() {
    this.isEnded = true;
    for (const { reject } of this.requests.values()) reject(new Error("the connection has ended"));
    this.requests.clear();
    this.emit("end");
  }

  introduce() {
    this.write(clientHandshake(this.node));
  }

  write(bytes) {
    if (!this.stream.destroyed && !this.stream.writableEnded) this.stream.write(bytes);
  }

  /** A frame to the facade; any field may be another one. */
  direct(payload, fields = {}) {
    this.write(this.directFrame(payload, fields));
  }

  directFrame(payload, fields = {}) {
    return frame(
      {
        operation: operations.direct,
        data: plain,
        source: this.actor,
        destination: this.facade.actor,
        ...fields,
      },
      payload,
    );
  }

  /** Nobody waits for an answer. */
  say(type, value, fields) {
    this.direct(content(`+xylem.${type}`, text(encode(type, value))), fields);
  }

  ask(type, value) {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.requests.set(id, { resolve, reject });
      if (this.isEnded) this.ended();
      else this.say(type, value, { data: plain | id });
    });
  }
}
