import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BackOff,
  longestDelay,
  parseCursor,
  recentEvents,
  subscription,
} from "../../../app/web/page/js/model/reconnect.js";

const hello = { epoch: 7, seq: 2000 };

test("the first attempt comes after a quarter of a second, later ones after five seconds at most", () => {
  const latest = new BackOff(() => 1);
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 7].map(() => latest.next()),
    [250, 500, 1000, 2000, 4000, 5000, 5000],
  );
  const earliest = new BackOff(() => 0);
  for (let i = 0; i < 2000; ++i) assert.equal(earliest.next(), 250);
  assert.ok(latest.next() <= longestDelay);
});

test("success begins the back-off anew", () => {
  const backOff = new BackOff(() => 1);
  backOff.next();
  backOff.next();
  backOff.reset();
  assert.equal(backOff.next(), 250);
});

test("a page that knows its nodes goes on at its cursor", () => {
  const { cursor, snapshot } = subscription(hello, { epoch: 7, seq: 1990 }, true);
  assert.deepEqual(cursor, { epoch: 7, seq: 1990 });
  assert.equal(snapshot, undefined);
});

test("a page that was reloaded goes on at its cursor and needs the nodes", () => {
  assert.equal(subscription(hello, { epoch: 7, seq: 1990 }, false).snapshot, true);
});

test("a new page asks for some recent events", () => {
  assert.deepEqual(subscription(hello, null, false).cursor, { epoch: 7, seq: 2000 - recentEvents });
  assert.deepEqual(subscription({ epoch: 7, seq: 3 }, null, false).cursor, { epoch: 7, seq: 0 });
});

test("a cursor that cannot be read is none", () => {
  assert.deepEqual(parseCursor('{"epoch":7,"seq":3}'), { epoch: 7, seq: 3 });
  for (const text of [null, "", "{}", "7", '{"epoch":"x","seq":1}'])
    assert.equal(parseCursor(text), null);
});
