// The end of a run: everything that was told, against the record and against what the roots sent.
import { Comparison } from "./ledger.mjs";
import { readEvents, readLives } from "./history.mjs";
import { meshes } from "./plan.mjs";
import { MessageTruth, Windows } from "./truth.mjs";

/** What the record says, in one walk. */
export async function readTruth(world, ledgers, end) {
  const windows = new Windows(world.lossy);
  const known = readLives(world.space.folder);
  const comparisons = ledgers.map((ledger) => new Comparison(ledger, known, end));
  const truths = Object.fromEntries(meshes.map((mesh) => [mesh, new MessageTruth(mesh, windows)]));
  const counts = Object.fromEntries(
    meshes.map((mesh) => [mesh, { updates: 0, readings: 0, messages: 0, requests: 0 }]),
  );
  const commands = new Map(); // by id: the states it had, in order
  const lives = new Map(); // by epoch: how many events are recorded
  let events = 0;
  await readEvents(world.space.folder, (event) => {
    ++events;
    lives.set(event.epoch, (lives.get(event.epoch) ?? 0) + 1);
    for (const each of comparisons) each.take(event);
    const time = world.clock.ours(event.time);
    const count = counts[event.mesh];
    if (event.kind === "reading") {
      ++count.readings;
      if (event.state === 1) ++count.updates;
    } else if (event.kind === "message" || event.kind === "request") {
      ++count[`${event.kind}s`];
      truths[event.mesh].take(event.data, event.node, time);
    } else if (event.kind === "command") {
      if (!commands.has(event.number)) commands.set(event.number, []);
      commands.get(event.number).push(event.state);
    }
  });
  return { windows, comparisons, truths, counts, commands, events, lives: livesOf(known, lives) };
}

/** Of each life of the hub: numbers up to `last`, of which so many are not in the record. */
function livesOf(known, recorded) {
  return known.map(({ epoch, last }) => {
    const count = recorded.get(epoch) ?? 0;
    return { epoch, last, recorded: count, missing: last - count };
  });
}

/** What a line carried: bytes that a root handed over and bytes that were read, frames the same. */
export function judgeLine(root, line, windows, mesh) {
  const handed = Object.values(root.frames).reduce((sum, count) => sum + count, 0);
  const lost = { bytes: root.bytes - line.bytes_read, frames: handed - line.frames };
  const closings = windows.count(mesh) + 1; // and the end
  const allowed = closings * framesLeft + strikesOf(root) * framesOfStrike;
  const faults = [];
  if (lost.bytes < 0) faults.push(`${mesh}: ${-lost.bytes} bytes were read that nobody sent`);
  if (lost.bytes > closings * bytesLeft)
    faults.push(`${mesh}: ${lost.bytes} bytes were not read, ${closings} closings explain less`);
  if (lost.frames > allowed)
    faults.push(`${mesh}: ${lost.frames} frames are lost, ${allowed} explained`);
  return {
    ...line,
    bytes: root.bytes,
    frames_sent: handed,
    lost,
    strikes: strikesOf(root),
    faults,
  };
}

/** Of commands that were accepted: what became of them, and those that nobody told of. */
export function judgeCommands(accepted, commands, truths, windows) {
  const out = { accepted: accepted.length, states: {}, untold: 0, doubled: 0, faults: [] };
  const names = ["accepted", "written", "expired", "failed", "unknown"];
  for (const { id, mesh, number, at } of accepted) {
    const states = commands.get(id) ?? [];
    const last = states.at(-1);
    const name = last === undefined ? "not recorded" : names[last];
    out.states[name] = (out.states[name] ?? 0) + 1;
    if ((truths[mesh].echoes.get(number) ?? 0) > 1) {
      ++out.doubled;
      out.faults.push(`command ${id} (${number}) was done twice`);
    }
    if (last > 0) continue;
    ++out.untold;
    if (windows.between(mesh, at, at + 15_000).length === 0)
      out.faults.push(`command ${id} of ${mesh} is ${name}, and nothing explains it`);
  }
  return out;
}

/** What a root hands over before it sees that nobody is there: it makes up for 1 s at most. */
const framesLeft = 100;

/** The same of bytes: what the kernel and the root hold. */
const bytesLeft = 24 * 1024;

/** A frame whose end is damaged takes the next one with it. */
const framesOfStrike = 2;

const strikesOf = ({ faults }) =>
  faults.flip + faults.garbage + faults.truncate + faults["log-inside"];

/** Frames that the roots handed over, against those in the record. */
export function judgeFrames(root, counts, truth, windows, mesh, notRecorded) {
  const { update, message, request } = root.frames;
  const lost = {
    updates: update - counts.updates,
    messages: message + request - counts.messages - counts.requests,
  };
  const allowed = windows.count(mesh) * framesLeft + strikesOf(root) * framesOfStrike + notRecorded;
  const faults = [];
  if (lost.updates < -truth.altered || lost.messages < -truth.altered)
    faults.push(`${mesh}: more is in the record than was sent (${JSON.stringify(lost)})`);
  if (lost.updates > allowed)
    faults.push(`${mesh}: ${lost.updates} updates are lost, ${allowed} explained`);
  if (lost.messages > allowed)
    faults.push(`${mesh}: ${lost.messages} messages are lost, ${allowed} explained`);
  return {
    sent: { updates: update, messages: message + request },
    recorded: counts,
    lost,
    allowed,
    faults,
  };
}

/** Events that the hub numbered and that are not in the record: the recorder has counted them. */
export function judgeRecord(lives, counted) {
  const missing = lives.reduce((sum, life) => sum + life.missing, 0);
  const faults = [];
  if (missing !== counted.not_recorded)
    faults.push(`${missing} events are not in the record, ${counted.not_recorded} are counted`);
  return { missing, ...counted, faults };
}
