import assert from "node:assert/strict";
import { test } from "node:test";
import * as series from "../../../app/web/page/js/model/series.js";

const reading = (seq, y = seq) => ({
  seq,
  time: seq * 1000,
  type: "TMP",
  data: "0102",
  value: { celsius: y },
});
const seqs = (s) => s.readings.map((r) => r.seq);

test("history and live readings become one line without duplicates, in any order", () => {
  const line = new series.Series("TMP");
  line.merge([reading(5)]);
  line.merge([reading(6), reading(5), reading(4), reading(3)]);
  line.merge([reading(7)]);
  assert.deepEqual(seqs(line), [3, 4, 5, 6, 7]);
  const { version } = line;
  assert.ok(!line.merge([reading(6)]));
  assert.equal(line.version, version);
});

test("a line is bounded, and the oldest points go", () => {
  const line = new series.Series("TMP");
  line.merge(Array.from({ length: series.pointsKept + 10 }, (_, i) => reading(i)));
  assert.equal(line.readings.length, series.pointsKept);
  assert.equal(line.readings[0].seq, 10);
});

test("numeric fields are plotted, few undeclared bytes as a number, many not at all", () => {
  const line = new series.Series("TMP");
  line.merge([{ ...reading(1), value: { celsius: 3, label: "x" } }]);
  assert.deepEqual(line.fields(), ["celsius"]);
  const raw = new series.Series("DYN");
  raw.merge([{ seq: 1, time: 1, data: "0102" }]);
  assert.deepEqual(raw.fields(), [null]);
  assert.deepEqual(raw.points(null), [{ t: 1, y: 258 }]);
  raw.merge([{ seq: 2, time: 2, data: "0102030405" }]);
  assert.deepEqual(raw.fields(), []);
});

test("decimation keeps every spike, the order and the ends", () => {
  const points = Array.from({ length: 5000 }, (_, i) => ({
    t: i,
    y: i === 1234 ? 99 : i === 4321 ? -99 : i % 3,
  }));
  const few = series.decimate(points, 100);
  assert.ok(few.length <= 204);
  assert.ok(few.some((p) => p.y === 99) && few.some((p) => p.y === -99));
  assert.ok(few.every((p, i) => i === 0 || p.t > few[i - 1].t));
  assert.ok(few[0].t < 50 && few.at(-1).t > 4949);
  assert.equal(series.decimate(points.slice(0, 50), 100).length, 50);
});

test("a flat line lies in the middle", () => {
  const { bottom, top } = series.rangeOf([
    { t: 0, y: 5 },
    { t: 1, y: 5 },
  ]);
  assert.equal((bottom + top) / 2, 5);
  assert.ok(top > bottom);
});

test("a path spans its box", () => {
  const d = series.pathOf(
    [
      { t: 0, y: 0 },
      { t: 10, y: 1 },
    ],
    100,
    50,
    { from: 0, to: 10, bottom: 0, top: 1 },
  );
  assert.equal(d, "M0.0 50.0L100.0 0.0");
});

test("pointing finds the nearest point", () => {
  const points = [0, 10, 20].map((t) => ({ t, y: t }));
  assert.equal(series.nearest(points, 14).t, 10);
  assert.equal(series.nearest(points, 16).t, 20);
  assert.equal(series.nearest(points, -5).t, 0);
  assert.equal(series.nearest([], 1), null);
});
