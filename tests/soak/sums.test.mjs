// That each check can fail.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Comparison, Ledger } from "./ledger.mjs";
import { faultsOf, percentile, slope } from "./sums.mjs";
import { Clock, MessageTruth, Windows } from "./truth.mjs";
import { judgeCommands, judgeFrames, judgeLine, judgeRecord } from "./verdict.mjs";

const example = () =>
  JSON.parse(readFileSync(new URL("../data/status.json", import.meta.url), "utf8"));

/** Sums of the example that do not hold, because no one gateway has all of it. */
const base = () => {
  const status = example();
  for (const mesh of status.meshes) mesh.commands.accepted = 2 + mesh.commands.unknown;
  return status;
};

test("a status whose sums are right has no faults", () => {
  assert.deepEqual(faultsOf(base()), []);
});

test("each sum of a status can be wrong", () => {
  const spoil = {
    "bytes read": (status) => ++status.meshes[0].uart.bytes_read,
    rejects: (status) => (status.meshes[0].uart.rejects.malformed.bytes = 5),
    commands: (status) => ++status.meshes[1].commands.written,
    nodes: (status) => --status.meshes[0].nodes.active,
    subscriber: (status) => ++status.events.subscribers[0].dropped,
    streams: (status) => ++status.web.streams.queued,
    recorder: (status) => ++status.recorder.events.waiting,
  };
  for (const [what, change] of Object.entries(spoil)) {
    const status = base();
    change(status);
    assert.equal(faultsOf(status).length, 1, what);
  }
});

test("what an actor did not tell is no fault", () => {
  assert.deepEqual(faultsOf({ meshes: [{ name: "field" }] }), []);
});

const event = (seq, epoch = 1) => ({ epoch, seq, kind: "reading", node: 5, data: `0${seq}` });
const gap = (seq, count) => ({ epoch: 1, seq, kind: "gap", count });

/** Whether something is wrong. */
function compare(told, record, until, lives = [{ epoch: 1, last: 5 }]) {
  const ledger = new Ledger();
  for (const each of told) ledger.take(each);
  const comparison = new Comparison(ledger, lives, until);
  for (const each of record) comparison.take(each);
  return comparison.result().faults.length > 0;
}

test("a follower has each event once, or one gap with the right number", () => {
  const record = [1, 2, 3, 4, 5].map((seq) => event(seq));
  const [one, two, three, four, five] = record;
  assert.equal(compare(record, record), false);
  assert.equal(compare([three, four, five], record), false); // it began later
  assert.equal(compare([one, two, gap(4, 2), five], record), false);
  assert.equal(compare([one, two, gap(4, 1), five], record), true);
  assert.equal(compare([one, two, gap(4, 2), four, five], record), true);
  assert.equal(compare([one, two, five], record), true);
  assert.equal(compare([one, two, two, three, four, five], record), true);
  assert.equal(compare([one, three, two, four, five], record), true);
  assert.equal(compare([one, two, three, four], record), true);
  assert.equal(compare([one, two, { ...three, data: "ff" }, four, five], record), true);
  assert.equal(compare([...record, event(6)], record), true);
  assert.equal(compare([one, gap(2, 1), two, three, four, five], record), true);
});

test("what is not in the record may be told, or be in a gap, but not beyond its life", () => {
  const [one, two, three, four, five] = [1, 2, 3, 4, 5].map((seq) => event(seq));
  const record = [one, three, four];
  assert.equal(compare([one, two, three, four, five], record), false);
  assert.equal(compare([one, gap(2, 1), three, four, five], record), false);
  assert.equal(compare([one, three, four, five], record), true);
  assert.equal(compare([one, two, three, four, five, event(6)], record), true);
});

test("what came after the end was not waited for, on either side", () => {
  const record = [1, 2, 3].map((seq) => event(seq));
  const until = { epoch: 1, seq: 2 };
  const lives = [{ epoch: 1, last: 3 }];
  assert.equal(compare(record.slice(0, 2), record, until, lives), false);
  assert.equal(compare(record, record.slice(0, 2), until, lives), false);
});

test("numbers begin anew in a later epoch", () => {
  const record = [event(1), event(2), event(1, 2), event(2, 2)];
  const lives = [1, 2].map((epoch) => ({ epoch, last: 2 }));
  const wrong = (told) => compare(told, record, undefined, lives);
  assert.equal(wrong(record), false);
  assert.equal(wrong([...record.slice(0, 2), record[3]]), true);
  assert.equal(wrong([record[0], ...record.slice(2)]), true);
});

const hex = (text) => Buffer.from(text, "latin1").toString("hex");

function truthOf(texts, windows = []) {
  const truth = new MessageTruth("field", new Windows(windows));
  texts.forEach((text, i) => truth.take(hex(text), 5, 100_000 + 100 * i));
  return truth;
}
const message = (number) => `\x1amessage ${number} from node 5`;

test("a number with a flipped bit is not believed, and what is missing is told later", () => {
  const bad = [{ kind: "flip", isNoise: true, begin: 100_000, end: 100_200 }];
  const texts = [...Array(30).keys()].map((i) => message(i === 2 ? 403 : i + 1));
  const truth = truthOf(texts, bad);
  assert.deepEqual(truth.faults, []);
  assert.deepEqual(truth.lost, { flip: 1 });
  assert.ok(truthOf([1, 2, 403, 4].map(message)).faults.length > 0);
});

test("a number that is missing needs a fault that explains it", () => {
  const around = { kind: "unplug", begin: 100_000, end: 100_200 };
  assert.deepEqual(truthOf([1, 2, 3].map(message)).faults, []);
  assert.equal(truthOf([1, 2, 4].map(message)).faults.length, 1);
  assert.equal(truthOf([1, 2, 4].map(message), [{ ...around, mesh: "barn" }]).faults.length, 1);
  assert.equal(
    truthOf([1, 2, 4].map(message), [{ ...around, begin: 0, end: 90_000 }]).faults.length,
    1,
  );
  const explained = truthOf([1, 2, 4].map(message), [around]);
  assert.deepEqual(explained.faults, []);
  assert.deepEqual(explained.lost, { unplug: 1 });
});

test("a number twice, out of order, or of another node is a fault, but on a bad line", () => {
  for (const texts of [
    [1, 2, 2].map(message),
    [1, 3, 2].map(message),
    ["\x05hello"],
    ["\x1amessage 1 from node 6"],
  ])
    assert.ok(truthOf(texts).faults.length > 0, texts.join());
  const bad = [{ kind: "flip", isNoise: true, begin: 99_000, end: 101_000 }];
  assert.deepEqual(truthOf([1, 2, 2].map(message), bad).faults, []);
});

test("time without a lossy fault is told with the margins around each taken off", () => {
  const windows = new Windows([{ kind: "unplug", begin: 10_000, end: 11_000 }]);
  assert.equal(windows.quietSeconds("field", 0, 20_000), 17);
});

test("our time of an event is known through jumps of its clock, forwards and backwards", () => {
  const hour = 3_600_000;
  const clock = new Clock(0);
  clock.jump(10_000, hour);
  clock.jump(20_000, -2 * hour);
  assert.equal(clock.ours(5000), 5000);
  assert.equal(clock.ours(12_000 + hour), 12_000);
  assert.equal(clock.ours(25_000 - hour), 25_000);
});

test("a gateway that was killed has the system's clock again", () => {
  const hour = 3_600_000;
  const clock = new Clock(0);
  clock.jump(10_000, -hour);
  clock.restart(20_000);
  clock.jump(30_000, hour);
  assert.equal(clock.ours(15_000 - hour), 15_000);
  assert.equal(clock.ours(25_000), 25_000);
  assert.equal(clock.ours(35_000 + hour), 35_000);
});

const accepted = { id: 7, mesh: "field", number: 3, at: 1000 };
const told = (states, echoes = 0, windows = []) =>
  judgeCommands(
    [accepted],
    new Map([[7, states]]),
    { field: { echoes: new Map([[3, echoes]]) } },
    new Windows(windows),
  ).faults.length;

test("a command that was accepted has an end, and is done once at most", () => {
  assert.equal(told([0, 1], 1), 0);
  assert.equal(told([0, 2]), 0);
  assert.equal(told([0]), 1);
  assert.equal(told([0], 0, [{ kind: "kill gateway", begin: 900, end: 1100 }]), 0);
  assert.equal(told([0, 1], 2), 1);
});

const noise = { flip: 0, garbage: 0, truncate: 0, "log-inside": 0 };
const root = { bytes: 1000, frames: { update: 500, message: 20, request: 5 }, faults: noise };
const counts = { updates: 500, messages: 20, requests: 5 };
const none = new Windows([]);

test("updates that are missing, or that nobody sent, are faults", () => {
  const faults = (changes, strikes = 0) =>
    judgeFrames(
      { ...root, faults: { ...noise, flip: strikes } },
      { ...counts, ...changes },
      { altered: 0 },
      none,
      "field",
      0,
    ).faults.length;
  assert.equal(faults({}), 0);
  assert.equal(faults({ updates: 499 }), 1);
  assert.equal(faults({ updates: 498 }, 1), 0);
  assert.equal(faults({ updates: 497 }, 1), 1);
  assert.equal(faults({ updates: 501 }), 1);
  assert.equal(faults({ messages: 19 }), 1);
});

test("bytes that nobody sent, and frames that nothing explains, are faults", () => {
  const faults = (line) =>
    judgeLine(root, { bytes_read: 1000, frames: 525, ...line }, none, "field").faults.length;
  assert.equal(faults({}), 0);
  assert.equal(faults({ bytes_read: 1001 }), 1);
  assert.equal(faults({ bytes_read: -30_000 }), 1);
  assert.equal(faults({ frames: 300 }), 1);
});

test("events that are not in the record are counted", () => {
  const lives = [{ missing: 3 }, { missing: 0 }];
  assert.deepEqual(judgeRecord(lives, { not_recorded: 3 }).faults, []);
  assert.equal(judgeRecord(lives, { not_recorded: 2 }).faults.length, 1);
});

test("a slope is what rises per unit, a percentile one of the values", () => {
  assert.equal(
    slope([
      [0, 1],
      [1, 3],
      [2, 5],
    ]).rise,
    2,
  );
  assert.equal(
    slope([
      [0, 4],
      [1, 4],
    ]).rise,
    0,
  );
  assert.equal(percentile([5, 1, 3], 0.5), 3);
  assert.equal(percentile([5, 1, 3], 1), 5);
});
