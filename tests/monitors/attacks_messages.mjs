// Attacks of who may follow, with messages that are right one by one (protocol/MONITOR.md §3).
import assert from "node:assert/strict";
import { residentMiB, until } from "./arena.mjs";
import { content, heartbeat, text } from "./basp.mjs";
import { encode, everyKind } from "./messages.mjs";
import { hello, wait } from "./monitor.mjs";

const endless = 0xffff_ffff; // events of credit
const violation = (says) => ({ reason: "violation", says });
const otherVersion = { says: /speaks protocol 1/ };

const subscription = (changes) => ({
  serial: 1,
  kinds: everyKind,
  policy: 1,
  credit: endless,
  ...changes,
});

/** Notes what a peer is told of events. */
function follow(peer) {
  const told = { pages: 0, events: 0, serials: new Set() };
  peer.on("message", (type, page) => {
    if (type !== "event_page") return;
    ++told.pages;
    told.events += page.events.length;
    told.serials.add(page.serial);
  });
  return told;
}

async function subscribe(peer, changes) {
  const answer = await peer.ask("monitor_subscription", subscription(changes));
  assert.equal(answer.problem, "");
  return answer;
}

/** Where everything begins that the gateway still has. */
const beginning = ({ epoch }) => ({ epoch, seq: 0n });

/** As the gate itself tells it. */
async function connectionOf(siege, name) {
  const { connections } = await siege.gateway.gate();
  return connections.find((each) => each.name === name);
}

/** Takes nothing from its socket, asks for everything again and again, and stays alive. */
async function askWithoutReading(siege) {
  const peer = await siege.greeted();
  const { newest } = await subscribe(peer, { credit: 0 });
  peer.stream.pause();
  const before = residentMiB(siege.gatePid);
  for (let serial = 2; serial < 120; ++serial) {
    const wanted = subscription({ serial, from: beginning(newest) });
    peer.say("monitor_subscription", wanted);
    peer.write(heartbeat());
    await wait(25);
  }
  const after = residentMiB(siege.gatePid);
  siege.figures["memory of the gate for one that never reads, MiB"] = after - before;
  assert.ok(after - before < 32, `${after - before} MiB`);
  const { queued_bytes: queued } = await connectionOf(siege, "attacker");
  assert.ok(queued <= 2 * 1024 * 1024, `${queued} bytes wait`);
}

async function grantNothing(siege) {
  const peer = await siege.greeted();
  const told = follow(peer);
  await subscribe(peer, { credit: 0 });
  await until("it is behind", async () => {
    const known = await connectionOf(siege, "attacker");
    return known?.behind > 100 && known.queued_bytes === 0 && known.sent === 0;
  });
  assert.equal(told.pages, 0);
  peer.say("credit_grant", { serial: 1, events: 10 });
  peer.say("credit_grant", { serial: 2, events: 10 }); // of no subscription
  await until("what it granted comes", () => told.events > 0);
  await peer.ask("ping", { nonce: 1n });
  await until("all of it", () => told.events === 10);
}

async function subscribeOften(siege) {
  const peer = await siege.greeted();
  const told = follow(peer);
  const { newest } = await subscribe(peer, { credit: 0 });
  for (let serial = 2; serial <= 100; ++serial)
    await subscribe(peer, { serial, credit: 1, from: beginning(newest) });
  await until("the last one is served", () => told.serials.has(100));
  await until("pings are answered", () => peer.ask("ping", { nonce: 1n }));
}

async function commandWithoutScope(siege) {
  const accepted = async () => (await siege.gateway.status()).meshes[0].commands.accepted;
  const before = await accepted();
  const peer = await siege.greeted();
  const command = { mesh: 0, kind: 1, message: "all of you" };
  const { result } = await peer.ask("remote_command", command);
  assert.equal(result.problem.kind, 3); // scope_missing
  const reset = await peer.ask("remote_command", { mesh: 0, kind: 3 });
  assert.equal(reset.result.problem.kind, 3);
  assert.equal(await accepted(), before);
}

/** What there is not is an answer, and not the end. */
async function askForNothing(siege) {
  const peer = await siege.greeted();
  const nodes = await peer.ask("nodes_query", { mesh: 999, max: 128 });
  assert.notEqual(nodes.problem, "");
  const { nodes: known } = await peer.ask("nodes_query", { mesh: 0, max: 1 });
  assert.equal(known.length, 1);
  const found = await peer.ask("remote_command_query", { id: 2 ** 53 - 1 });
  assert.equal(found.result.problem.kind, 10); // command_not_found
  const report = await peer.ask("report_query", { kind: 2, before: 1n, limit: endless });
  assert.equal(report.kind, 2);
}

async function helloAgain(siege, changes) {
  const peer = await siege.greeted();
  const answer = await peer.ask("monitor_hello", hello("attacker", 666n, changes));
  assert.notEqual(answer.refused, "");
  assert.equal(answer.protocol, 1);
  return peer;
}

const repeat = (count, make) => Buffer.concat(Array.from({ length: count }, (_, i) => make(i)));

function grantOf(peer, padding = 0) {
  const grant = Buffer.concat([encode("credit_grant", {}), Buffer.alloc(padding)]);
  return peer.directFrame(content("+xylem.credit_grant", text(grant)));
}

export function attackWithMessages(siege, test) {
  const attack = (name, expected, act) => test(name, () => siege.attack(name, expected, act));

  attack("a hello of another version is told ours, and that was it", otherVersion, async (it) => {
    const peer = await it.peer();
    const answer = await peer.ask("monitor_hello", hello("attacker", 1n, { protocol: 2 }));
    assert.notEqual(answer.refused, "");
    assert.equal(answer.protocol, 1);
    return peer;
  });
  attack("a second hello of another version ends the connection", otherVersion, (it) =>
    helloAgain(it, { protocol: 9 }),
  );
  attack("who subscribes before a hello is sent away", violation(/no hello/), async (it) => {
    const peer = await it.peer();
    peer.say("monitor_subscription", subscription());
    return peer;
  });
  attack("who subscribes for nobody is sent away", violation(/nobody would get/), async (it) => {
    const peer = await it.greeted();
    peer.say("monitor_subscription", subscription(), { source: 0n });
    return peer;
  });
  attack("17 questions at once are too many", violation(/asks too much/), async (it) => {
    const peer = await it.greeted();
    peer.stream.cork();
    for (let i = 0; i < 17; ++i) peer.ask("report_query", { kind: 1 }).catch(() => {});
    peer.stream.uncork();
    return peer;
  });
  attack("a flood of messages ends the connection", { reason: "too_many_messages" }, async (it) => {
    const peer = await it.greeted();
    peer.write(repeat(1000, () => grantOf(peer)));
    return peer;
  });
  attack("a flood of bytes ends the connection", { reason: "too_many_bytes" }, async (it) => {
    const peer = await it.greeted();
    peer.write(repeat(150, () => grantOf(peer, 16_000)));
    return peer;
  });
  attack("a flood of heartbeats is a flood of bytes", { reason: "too_many_bytes" }, async (it) => {
    const peer = await it.greeted();
    peer.write(repeat(100_000, heartbeat));
    return peer;
  });
  const tooMany = { reason: "too_many_of_name" };
  attack("the fifth connection of a name is refused", tooMany, async (it) => {
    for (let i = 0; i < 4; ++i) await it.greeted();
    return it.tls();
  });
  attack("a command without the scope is answered with a problem", {}, commandWithoutScope);
  attack("a question for what there is not is answered", {}, askForNothing);
  attack("who grants no credit is sent nothing, and then what it grants", {}, grantNothing);
  attack("who subscribes 100 times is served the last time", {}, subscribeOften);
  attack("who never reads costs bounded memory", {}, askWithoutReading);
}
