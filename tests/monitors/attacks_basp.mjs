// Attacks of who has a certificate, with frames of BASP that the firewall must not let pass
// (protocol/MONITOR.md §2). Each ends its own connection and nothing else.
import assert from "node:assert/strict";
import { until } from "./arena.mjs";
import {
  baspVersion,
  clientHandshake,
  content,
  frame,
  header,
  named,
  newNode,
  operations,
  plain,
  selectConnection,
  text,
  u64,
} from "./basp.mjs";
import { encode } from "./messages.mjs";
import { hello, openPeer } from "./monitor.mjs";

const message = (type, value) => content(`+xylem.${type}`, text(value));
const ping = message("ping", encode("ping", { nonce: 1n }));
const error = Buffer.concat([Buffer.from([1]), u64(0xf_abdb_b900n), Buffer.alloc(2), text("@<>")]);
const fourGiB = 0xffff_ffff;

/** Of what a frame is made: each of these gets the peer, when it has said hello. */
const direct = (payload, fields) => (peer) => peer.directFrame(payload, fields);
const directOf = (make) => (peer) => peer.directFrame(make(peer));
const nodes = (peer) => Buffer.concat([peer.node, peer.facade.node]);
const address = (peer, actor) => Buffer.concat([u64(actor), peer.facade.node]);
const longer = (fields, size) => () => header(fields, size);
const notice = (operation, fields, payload) => (peer) =>
  frame({ operation, ...fields }, payload(peer));

/** Said instead of a handshake, on a connection of its own. */
class FirstFrame {
  constructor(make) {
    this.make = make;
  }
}
const first = (make) => new FirstFrame(make);

/** (sys, get): what CAF asks by itself, once for each name. */
const questionsOfCaf = (peer) =>
  Object.values(named).map((name) =>
    peer.directFrame(content("+@atom+@atom", u64(1), u64(2)), { flags: 1, destination: name }),
  );

/** The list at its end is said to have 4 billion elements. */
function endlessHello() {
  const whole = encode("monitor_hello", hello("x", 1n));
  return Buffer.concat([whole.subarray(0, -12), Buffer.alloc(4, 0xff)]);
}

const grant = message("credit_grant", encode("credit_grant", {}));
const manyActors = (peer) =>
  Array.from({ length: 10_000 }, (_, i) => peer.directFrame(grant, { source: BigInt(i + 100) }));

const { clientHandshake: introduction, serverHandshake, heartbeat, routed } = operations;
const { monitor, down } = operations;

/** By what the log calls them. */
const frames = {
  "malformed header": {
    "the handshake packet of 32 bytes without its payload": first(() =>
      header({ operation: introduction }, 0),
    ),
    "an operation that there is not": () => frame({ operation: 7 }),
    "padding that is not 0": () => frame({ operation: heartbeat, padding: 1 }),
    "a heartbeat with a payload": () => frame({ operation: heartbeat }, Buffer.alloc(9)),
    "a message without one": direct(Buffer.alloc(0)),
    "flags that there are not": direct(ping, { flags: 0x80 }),
  },
  "payload too long": {
    "a message of 4 GiB": longer({ operation: operations.direct, data: plain }, fourGiB),
    "a handshake of 4 GiB": first(() =>
      header({ operation: introduction, flags: selectConnection }, fourGiB),
    ),
    "a notice of 4 GiB": longer({ operation: down, source: 1n }, fourGiB),
    "a message of 17 KiB": longer({ operation: operations.direct, data: plain }, 17 * 1024),
  },
  "no handshake": {
    "a message before the handshake": first(direct(ping)),
    "the handshake of a server": first(() =>
      frame({ operation: serverHandshake, data: baspVersion }, newNode()),
    ),
  },
  "malformed handshake": {
    "a node id of another kind": first(() => clientHandshake(Buffer.alloc(32, 7))),
    "a node id that is cut off": first(() => clientHandshake(newNode().subarray(0, 30))),
  },
  "second handshake": { "a handshake again": () => clientHandshake(newNode()) },
  "own node": { "the node id of the gate": first((peer) => clientHandshake(peer.facade.node)) },
  "routed message": {
    "a message for a third node": notice(routed, { data: plain, source: 1n }, (peer) =>
      Buffer.concat([peer.node, newNode(), ping]),
    ),
    "a message for the gate by a detour": notice(routed, { data: plain, source: 1n }, (peer) =>
      Buffer.concat([nodes(peer), ping]),
    ),
  },
  "named receiver": {
    "a message for an actor by another name": direct(ping, { flags: 1, destination: 0x1234n }),
    "ConfigServ and SpawnServ, again and again": (peer) =>
      Buffer.concat(Array.from({ length: 3 }, () => questionsOfCaf(peer)).flat()),
  },
  "unknown receiver": {
    "a message for an actor that it guessed": (peer) =>
      peer.directFrame(ping, { destination: peer.facade.actor + 1n }),
    "a message for actor 1": direct(ping, { destination: 1n }),
    "a watch on an actor that it guessed": notice(monitor, { destination: 99_999n }, nodes),
  },
  "unknown source": {
    "the end of an actor that nobody knows": notice(down, { source: 99n }, (peer) =>
      Buffer.concat([nodes(peer), error]),
    ),
  },
  "malformed notice": {
    "the end of an actor of a third node": notice(down, { source: 17n }, (peer) =>
      Buffer.concat([newNode(), peer.facade.node, error]),
    ),
    "a watch without nodes": notice(monitor, { destination: 1n }, () => Buffer.from("x")),
  },
  "stream message": { "a message of a stream": direct(ping, { data: 0x2000_0000_0000_0000n }) },
  "answer without request": {
    "an answer that nobody waits for": direct(ping, { data: 0x9000_0000_0000_0001n }),
  },
  "malformed message": {
    "a forwarding stack": directOf((peer) =>
      Buffer.concat([Buffer.from([1]), address(peer, 1n), ping.subarray(1)]),
    ),
    "a type by its number": direct(Buffer.concat([Buffer.from([0, 0, 12]), ping.subarray(3)])),
    "bytes behind a message": direct(Buffer.concat([ping, Buffer.from("more")])),
    "a length of too many bytes": direct(
      content("+xylem.ping", Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])),
    ),
    "a text of 4 GiB": direct(
      content("+xylem.ping", Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f])),
    ),
  },
  "unknown type": {
    "an exit message": directOf((peer) =>
      content("+@exit", address(peer, peer.facade.actor), error),
    ),
    "a down message": directOf((peer) =>
      content("+@down", address(peer, peer.facade.actor), error),
    ),
    "a link": directOf((peer) =>
      content("+@atom+@addr", u64(0x3d_39b3_2f70n), address(peer, 17n)),
    ),
    "the handle of an actor": directOf((peer) =>
      content("+@strong_actor_ptr", address(peer, 17n)),
    ),
    "a message in a message": direct(content("+@message", ping)),
    "two messages in one": direct(content("+xylem.ping+xylem.ping", text("12345678"))),
    "a type that nobody knows": direct(content("+std::vector<evil>", text("x"))),
    "what a gate says": direct(message("event_page", encode("event_page", {}))),
    "an atom": direct(content("+@atom", u64(1))),
    nothing: direct(content("")),
  },
  "invalid content": {
    "a ping that is cut off": direct(message("ping", "1234")),
    "a hello whose list is 4 billion long": direct(message("monitor_hello", endlessHello())),
    "a subscription of kinds that there are not": direct(
      message("monitor_subscription", encode("monitor_subscription", { kinds: 0xffff_ffff })),
    ),
    "a subscription of a policy that there is not": direct(
      message("monitor_subscription", encode("monitor_subscription", { policy: 3 })),
    ),
    "a command of a kind that there is not": direct(
      message("remote_command", encode("remote_command", { kind: 9 })),
    ),
    "random bytes as a query": direct(message("nodes_query", "\u0007\u0001garbage")),
  },
  "too many sources": { "10,000 actors": (peer) => Buffer.concat(manyActors(peer)) },
};

async function send(siege, make) {
  if (!(make instanceof FirstFrame)) {
    const peer = await siege.greeted();
    peer.write(make(peer));
    return peer;
  }
  const options = { localAddress: siege.newHost() };
  const peer = await openPeer(await siege.gateway.port(), siege.attacker, options, make.make);
  siege.keep(peer.stream);
  return peer;
}

/** One after the other: one name has four connections. */
async function sendAll(siege, attacks) {
  for (const [name, make] of Object.entries(attacks)) {
    const peer = await send(siege, make);
    await until(`${name}: the connection ends`, () => peer.isEnded);
  }
}

export function attackWithFrames(siege, test) {
  for (const [violation, attacks] of Object.entries(frames)) {
    const expected = {
      reason: "violation",
      times: Object.keys(attacks).length,
      says: new RegExp(`has gone: violation: ${violation}`),
    };
    test(`a frame ends its connection, ${violation}: ${Object.keys(attacks).join(", ")}`, () =>
      siege.attack(violation, expected, (it) => sendAll(it, attacks)));
  }

  const stolen = "the node id of another monitor does not replace it";
  const connected = { reason: "violation", says: /violation: node connected/ };
  test(stolen, () =>
    siege.attack(stolen, connected, (it) =>
      send(it, first(() => clientHandshake(it.monitor.peer.node))),
    ));

  const mute = "who is authenticated and says nothing is sent away after 5 s";
  test(mute, () =>
    siege.attack(mute, { reason: "handshake_too_late", times: 2 }, async (it) => {
      const silent = (await it.tls()).resume();
      const peer = await it.peer(); // BASP, but no hello
      assert.deepEqual(peer.facade.applications, ["xylem"]);
      await until("both are closed", () => silent.destroyed && peer.isEnded);
    }));
}
