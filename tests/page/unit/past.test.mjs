import assert from "node:assert/strict";
import { test } from "node:test";
import { pathsOfSteps, stretches, Summary } from "../../../app/web/page/js/model/past.js";
import { rangeOf } from "../../../app/web/page/js/model/series.js";

const at = (s) => new Date(s * 1000).toISOString();
const summary = (buckets) => {
  const made = new Summary("TMP", { step: 10e3, from: 0, to: 100e3 });
  made.take(buckets);
  return made;
};
const field = (mean, min, max) => ({ count: 2, min, max, mean, last: max });

test("every stretch is one page of steps, and its steps are whole seconds", () => {
  for (const { id, length, step } of stretches) {
    if (id === "latest") continue;
    assert.ok(length / step < 999, id);
    assert.equal(step % 1000, 0, id);
  }
});

test("a step is a point in its middle, with what it was between", () => {
  const made = summary([{ time: at(10), count: 2, fields: { celsius: field(3, 1, 5) } }]);
  assert.deepEqual(made.fields(), ["celsius"]);
  assert.deepEqual(made.points("celsius"), [
    { t: 15e3, begin: 10e3, until: 20e3, y: 3, low: 1, high: 5 },
  ]);
  assert.ok(made.isDrawable);
  assert.ok(!summary([]).isDrawable);
});

test("what has no number has no point, and a type without fields is counted", () => {
  const none = summary([{ time: at(0), count: 1, fields: { celsius: field(null, null, null) } }]);
  assert.deepEqual(none.points("celsius"), []);
  const counted = summary([{ time: at(0), count: 7 }]);
  assert.deepEqual(counted.fields(), [null]);
  assert.equal(counted.points(null)[0].y, 7);
});

test("pages of steps are taken one after the other", () => {
  const made = summary([{ time: at(0), count: 1 }]);
  const { version } = made;
  made.take([{ time: at(10), count: 2 }]);
  assert.equal(made.points(null).length, 2);
  assert.notEqual(made.version, version);
});

test("steps are a line within a band, and where nothing was heard there is neither", () => {
  const points = summary([
    { time: at(0), count: 2, fields: { c: field(5, 0, 10) } },
    { time: at(10), count: 2, fields: { c: field(10, 10, 10) } },
    { time: at(40), count: 2, fields: { c: field(0, 0, 0) } },
  ]).points("c");
  const { line, band } = pathsOfSteps(points, 100, 10, { from: 0, to: 100e3, bottom: 0, top: 10 });
  assert.equal(line, "M0.0 5.0H10.0L10.0 0.0H20.0M40.0 10.0H50.0");
  assert.equal(
    band,
    "M0.0 0.0H10.0V10.0H0.0ZM10.0 0.0H20.0V0.0H10.0ZM40.0 10.0H50.0V10.0H40.0Z",
  );
});

test("a range holds what steps were between, not only their means", () => {
  const { low, high } = rangeOf([{ t: 0, y: 5, low: -3, high: 9 }]);
  assert.deepEqual([low, high], [-3, 9]);
});
