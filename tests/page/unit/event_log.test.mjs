import assert from "node:assert/strict";
import { test } from "node:test";
import {
  EventLog,
  eventFilter,
  eventText,
  parseNode,
} from "../../../app/web/page/js/model/event_log.js";

const filled = (n, capacity) => {
  const log = new EventLog(capacity);
  for (let i = 1; i <= n; ++i) log.push({ seq: i, kind: i % 2 ? "reading" : "message", node: i });
  return log;
};
const seqs = (events) => events.map((event) => event.seq);

test("the log keeps the newest events and gives them newest first", () => {
  assert.deepEqual(seqs(filled(9, 3).select(() => true)), [9, 8, 7, 6, 5, 4]);
  assert.deepEqual(seqs(filled(3, 4).select(() => true)), [3, 2, 1]);
  assert.deepEqual(seqs(filled(9, 3).select(() => true, Infinity, 2)), [9, 8]);
});

test("many readings do not drive out what happens seldom", () => {
  const log = new EventLog(4);
  log.push({ seq: 1, kind: "link_changed", state: "down" });
  for (let i = 2; i <= 100; ++i) log.push({ seq: i, kind: "reading" });
  assert.deepEqual(seqs(log.select(() => true)), [100, 99, 98, 97, 1]);
  assert.equal(log.size, 5);
});

test("a paused log shows nothing newer, and knows how many there are", () => {
  const log = filled(5, 10);
  const until = log.total;
  log.push({ seq: 6, kind: "reading" });
  assert.deepEqual(seqs(log.select(() => true, until)), [5, 4, 3, 2, 1]);
  assert.equal(log.total - until, 1);
});

test("a gap passes every filter", () => {
  const wanted = eventFilter({ kinds: new Set(["message"]), node: "3", text: "RAY" });
  assert.ok(wanted({ kind: "gap", count: 4, reason: "overwritten" }));
  assert.ok(!wanted({ kind: "message", node: 3, text: "y" }));
  assert.ok(wanted({ kind: "message", node: 3, text: "X-ray" }));
});

test("a node is a number, in hex or not", () => {
  assert.equal(parseNode("5"), 5);
  assert.equal(parseNode(" 0x0005 "), 5);
  assert.equal(parseNode(""), null);
  assert.ok(Number.isNaN(parseNode("five")));
  assert.ok(!eventFilter({ node: "five" })({ kind: "reading", node: 5 }));
});

test("an event is found by its node, its mesh and its bytes", () => {
  const event = { kind: "reading", mesh: "north", node: 31, type: "DYN", data: "beef" };
  for (const text of ["0x001f", "north", "beef", "be ef", "dyn"])
    assert.ok(eventFilter({ text })(event), text);
});

test("each kind is told on one line", () => {
  assert.equal(
    eventText({ kind: "link_changed", state: "down", text: "port lost" }),
    "down: port lost",
  );
  assert.equal(
    eventText({ kind: "command", id: 4, state: "expired", text: "" }),
    "command 4 expired",
  );
  assert.equal(
    eventText({ kind: "gap", count: 49, reason: "overwritten" }),
    "49 events are missing: overwritten",
  );
  assert.equal(eventText({ kind: "message", data: "6869" }), "hi");
  assert.equal(eventText({ kind: "message", type: "[M]", data: "026869" }), "hi");
  assert.equal(eventText({ kind: "request", type: "<Q>", data: "776879" }), "why");
});
