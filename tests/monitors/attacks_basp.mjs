// Attacks of who has a certificate, with frames of BASP that the firewall must not let pass
// (protocol/MONITOR.md §2). Each ends its own connection and nothing else.
import assert from "node:assert/strict";
import {
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
import { until } from "./arena.mjs";
import { hello, openPeer } from "./monitor.mjs";

const ping = content("+xylem.ping", text(encode("ping", { nonce: 1n })));
const error = Buffer.concat([Buffer.from([1]), u64(0xf_abdb_b900n), Buffer.alloc(2), text("@<>")]);
const address = (peer, actor) => Buffer.concat([u64(actor), peer.facade.node]);

/** What stands in a frame that says it is longer. */
const short = (fields, size) => () => header(fields, size);

/** Frames by what the log calls them; each is made for a peer that has said hello. */
const frames = {
  "malformed header": {
    "the handshake packet of 32 bytes without its payload": (peer) => peer.restarts(header({ operation: operations.clientHandshake }, 0)),
    "an operation that there is not": () => frame({ operation: 7 }),
    "padding that is not 0": () => frame({ operation: operations.heartbeat, padding: 1 }),
    "a heartbeat with a payload": () => frame({ operation: operations.heartbeat }, Buffer.alloc(9)),
    "a message without one": (peer) => peer.directFrame(Buffer.alloc(0)),
    "flags that there are not": (peer) => peer.directFrame(ping, { flags: 0x80 }),
  },
  "payload too long": {
    "a message of 4 GiB": short({ operation: operations.direct, data: plain }, 0xffff_ffff),
    "a handshake of 4 GiB": (peer) => peer.restarts(header({ operation: operations.clientHandshake, flags: selectConnection }, 0xffff_ffff)),
    "a notice of 4 GiB": short({ operation: operations.down, source: 1n }, 0xffff_ffff),
    "a message of 17 KiB": short({ operation: operations.direct, data: plain }, 17 * 1024),
  },
  "no handshake": {
    "a message before the handshake": (peer) => peer.restarts(frame({ operation: operations.direct, data: plain, source: 1n, destination: 1n }, ping)),
    "the handshake of a server": (peer) => peer.restarts(frame({ operation: operations.serverHandshake, data: 3n }, newNode())),
  },
  "malformed handshake": {
    "a node id of another kind": (peer) => peer.restarts(clientHandshake(Buffer.alloc(32, 7))),
    "a node id that is cut off": (peer) => peer.restarts(clientHandshake(newNode().subarray(0, 30))),
  },
  "second handshake": { "a handshake again": () => clientHandshake(newNode()) },
  "own node": { "the node id of the gate": (peer) => peer.restarts(clientHandshake(peer.facade.node)) },
  "routed message": {
    "a message for a third node": (peer) => frame({ operation: operations.routed, data: plain, source: 1n, destination: 2n }, Buffer.concat([peer.node, newNode(), ping])),
    "a message for the gate by a detour": (peer) => frame({ operation: operations.routed, data: plain, source: 1n, destination: peer.facade.actor }, Buffer.concat([peer.node, peer.facade.node, ping])),
  },
  "named receiver": {
    "a message for an actor by another name": (peer) => peer.directFrame(ping, { flags: 1, destination: 0x1234n }),
    "ConfigServ and SpawnServ, again and again": (peer) =>
      Buffer.concat(Array.from({ length: 3 }, () => Object.values(named).map((name) => peer.directFrame(content("+@atom+@atom", u64(1), u64(2)), { flags: 1, destination: name }))).flat()),
  },
  "unknown receiver": {
    "a message for an actor that it guessed": (peer) => peer.directFrame(ping, { destination: peer.facade.actor + 1n }),
    "a message for actor 1": (peer) => peer.directFrame(ping, { destination: 1n }),
    "a watch on an actor that it guessed": (peer) => frame({ operation: operations.monitor, destination: peer.facade.actor + 1n }, Buffer.concat([peer.node, peer.facade.node])),
  },
  "unknown source": {
    "the end of an actor that nobody knows": (peer) => frame({ operation: operations.down, source: 99n }, Buffer.concat([peer.node, peer.facade.node, error])),
  },
  "malformed notice": {
    "the end of an actor of a third node": (peer) => frame({ operation: operations.down, source: 17n }, Buffer.concat([newNode(), peer.facade.node, error])),
    "a watch without nodes": () => frame({ operation: operations.monitor, destination: 1n }, Buffer.from("x")),
  },
  "stream message": { "a message of a stream": (peer) => peer.directFrame(ping, { data: 0x2000_0000_0000_0000n }) },
  "answer without request": { "an answer that nobody waits for": (peer) => peer.directFrame(ping, { data: 0x9000_0000_0000_0001n }) },
  "malformed message": {
    "a forwarding stack": (peer) => peer.directFrame(Buffer.concat([Buffer.from([1]), address(peer, 1n), ping.subarray(1)])),
    "a type by its number": (peer) => peer.directFrame(Buffer.concat([Buffer.from([0, 0, 12]), ping.subarray(3)])),
    "bytes behind a message": (peer) => peer.directFrame(Buffer.concat([ping, Buffer.from("more")])),
    "a text whose length has too many bytes": (peer) => peer.directFrame(content("+xylem.ping", Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]))),
    "a text of 4 GiB": (peer) => peer.directFrame(content("+xylem.ping", Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]))),
  },
  "unknown type": {
    "an exit message": (peer) => peer.directFrame(content("+@exit", address(peer, peer.facade.actor), error)),
    "a down message": (peer) => peer.directFrame(content("+@down", address(peer, peer.facade.actor), error)),
    "a link": (peer) => peer.directFrame(content("+@atom+@addr", u64(0x3d_39b3_2f70n), address(peer, 17n))),
    "the handle of an actor": (peer) => peer.directFrame(content("+@strong_actor_ptr", address(peer, 17n))),
    "a message in a message": (peer) => peer.directFrame(content("+@message", content("+xylem.ping", text("")))),
    "two messages in one": (peer) => peer.directFrame(content("+xylem.ping+xylem.ping", text(encode("ping", {})), text(encode("ping", {})))),
    "a type that nobody knows": (peer) => peer.directFrame(content("+std::vector<evil>", text("x"))),
    "what a gate says": (peer) => peer.directFrame(content("+xylem.event_page", text(encode("event_page", {})))),
    "an atom": (peer) => peer.directFrame(content("+@atom", u64(1))),
    "nothing": (peer) => peer.directFrame(content("")),
  },
  "invalid content": {
    "a ping that is cut off": (peer) => peer.directFrame(content("+xylem.ping", text("1234"))),
    "a hello whose list is 4 billion long": (peer) => peer.directFrame(content("+xylem.monitor_hello", text(Buffer.concat([encode("monitor_hello", hello("x", 1n)).subarray(0, -12), Buffer.alloc(4, 0xff)])))),
    "a subscription of kinds that there are not": (peer) => peer.directFrame(content("+xylem.monitor_subscription", text(encode("monitor_subscription", { kinds: 0xffff_ffff })))),
    "a subscription of a policy that there is not": (peer) => peer.directFrame(content("+xylem.monitor_subscription", text(encode("monitor_subscription", { policy: 3 })))),
    "a command of a kind that there is not": (peer) => peer.directFrame(content("+xylem.remote_command", text(encode("remote_command", { kind: 9 })))),
    "random bytes as a query": (peer) => peer.directFrame(content("+xylem.nodes_query", text("\u0007\u0001garbage"))),
  },
  "too many sources": {
    "10,000 actors": (peer) => Buffer.concat(Array.from({ length: 10_000 }, (_, i) => peer.directFrame(content("+xylem.credit_grant", text(encode("credit_grant", {}))), { source: BigInt(i + 100) }))),
  },
};

/** Before the handshake, on a connection of its own. */
class FirstFrame {
  constructor(bytes) {
    this.bytes = bytes;
  }
}

async function send(siege, make) {
  const port = await siege.gateway.port();
  const peer = await siege.peer(siege.attacker);
  peer.restarts = (bytes) => new FirstFrame(bytes);
  const made = make(peer);
  if (!(made instanceof FirstFrame)) {
    await peer.ask("monitor_hello", hello("attacker", 666n));
    peer.write(made);
    return peer;
  }
  const options = { localAddress: siege.newHost() };
  const fresh = await openPeer(port, siege.attacker, options, () => made.bytes);
  siege.keep(fresh.stream);
  return fresh;
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
  test(stolen, () =>
    siege.attack(stolen, { reason: "violation", says: /violation: node connected/ }, async (it) => {
      const { node } = it.monitor.peer;
      const options = { localAddress: it.newHost() };
      const port = await it.gateway.port();
      const thief = await openPeer(port, it.attacker, options, () => clientHandshake(node));
      it.keep(thief.stream);
      return thief;
    }));

  const mute = "who is authenticated and says nothing is sent away after 5 s";
  test(mute, () =>
    siege.attack(mute, { reason: "handshake_too_late", times: 2 }, async (it) => {
      const silent = await it.tls();
      silent.resume();
      const peer = await it.peer(); // BASP, but no hello
      assert.equal(peer.facade.applications[0], "xylem");
      return { get isEnded() { return silent.destroyed && peer.isEnded; } };
    }));
}
