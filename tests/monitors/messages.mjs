// The messages of protocol/MONITOR.md §3 in the encoding of §4, written from the document: a second
// implementation that shares nothing with that of the gateway.

import {
  Reader,
  Writer,
  bytes,
  count,
  flag,
  list,
  maybe,
  raw,
  require,
  struct,
  text,
  time,
  u16,
  u32,
  u64,
  u8,
  upTo,
} from "./codec.mjs";

export { Malformed } from "./codec.mjs";

// -- what several messages have

export const eventKinds = [
  "reading",
  "message",
  "request",
  "node_heard",
  "node_joined",
  "node_changed",
  "link_changed",
  "root_restarted",
  "root_log",
  "command",
  "incident",
  "gap",
];

/** Bits of all kinds that leave a gateway. */
export const everyKind = eventKinds.reduce(
  (bits, kind, number) => (kind === "node_heard" ? bits : bits | (1 << number)),
  0,
);

const cursor = struct({ epoch: u64, seq: u64 });
const code = bytes(3);
const software = text(64);
const name = text(64);
const problem = text(256);
const serves = list(u64, 256);

const event = struct({
  seq: count,
  time,
  id: count,
  mesh: u16,
  node: u16,
  code,
  kind: upTo(eventKinds.length - 1),
  state: u8,
  data: bytes(4096),
});

const field = struct({ name: text(64), format: text(8), scale: u64, order: upTo(1) });
const dataType = struct({ code, fields: list(field, 64) });
const mesh = struct({
  name: text(200),
  link: upTo(3),
  reason: text(256),
  types: list(dataType, 256),
});

const reading = struct({ seq: count, time, data: bytes(4096) });
const series = struct({ code, readings: list(reading, 1024) });
const node = struct({
  address: u16,
  uuid: maybe(raw(16)),
  status: upTo(2),
  heard: flag,
  firstHeard: time,
  lastHeard: time,
  frames: u64,
  readings: u64,
  messages: u64,
  requests: u64,
  malformed: u64,
  series: list(series, 64),
});

const savedCommand = struct({
  id: count,
  kind: upTo(4),
  node: u16,
  message: bytes(255),
  origin: upTo(1),
  state: upTo(4),
  accepted: time,
  deadline: time,
  finished: maybe(time),
  reason: maybe(upTo(9)),
});

const commandResult = {
  write(to, { command, problem: why } = {}) {
    to.number(command ? 1 : 0, 1);
    if (command) savedCommand.write(to, command);
    else struct({ kind: u8, detail: problem }).write(to, why);
  },
  read: (from) =>
    flag.read(from)
      ? { command: savedCommand.read(from) }
      : { problem: struct({ kind: upTo(28), detail: problem }).read(from) },
};

// -- the messages

const gap = struct({ from: count, to: count, count, reason: text(64) });

const messages = {
  monitor_hello: { protocol: u16, software, name, instance: u64, serves },
  gateway_hello: {
    protocol: u16,
    software,
    name,
    refused: problem,
    instance: u64,
    serves,
    scope: upTo(1),
    generation: u32,
    now: time,
    newest: cursor,
    meshes: list(mesh, 1024),
  },
  monitor_subscription: {
    serial: u32,
    kinds: u32,
    meshes: maybe(list(u16, 0x10000)),
    nodes: maybe(list(u16, 0x10000)),
    codes: maybe(list(code, 0x10000)),
    policy: upTo(2),
    from: maybe(cursor),
    credit: u32,
  },
  subscription_answer: { serial: u32, problem, newest: cursor },
  credit_grant: { serial: u32, events: u32 },
  event_page: {
    serial: u32,
    gap: maybe(gap),
    events: list(event, 512),
    reached: cursor,
    newest: cursor,
  },
  nodes_query: { mesh: u16, after: maybe(u16), max: u16 },
  nodes_page: {
    mesh: u16,
    problem,
    nodes: list(node, 128),
    complete: flag,
    at: cursor,
  },
  report_query: { kind: upTo(2), before: u64, limit: u32 },
  report: { kind: upTo(2), problem, content: text(900 * 1024, "document") },
  remote_command: { mesh: u16, kind: upTo(4), node: u16, message: bytes(255) },
  remote_command_query: { id: count },
  remote_command_answer: { mesh: u16, result: commandResult },
  ping: { nonce: u64 },
  pong: { nonce: u64, serves, generation: u32, now: time },
};

const codecs = Object.fromEntries(
  Object.entries(messages).map(([type, members]) => [type, struct(members)]),
);

/** The bytes of a message; members that are missing are 0, empty or not there. */
export function encode(type, value) {
  const to = new Writer();
  codecs[type].write(to, value);
  return Buffer.concat(to.parts);
}

/** What is behind the members that are known is skipped; anything else that is wrong throws. */
export function decode(type, encoded) {
  const codec = codecs[type];
  require(codec, `no message ${type}`);
  return codec.read(new Reader(encoded));
}
