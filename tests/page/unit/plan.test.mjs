import assert from "node:assert/strict";
import { test } from "node:test";
import * as plan from "../../../app/web/page/js/model/plan.js";

const near = (a, b, tolerance = 1e-9) => assert.ok(Math.abs(a - b) < tolerance, `${a} is not ${b}`);
const viewport = () => Object.assign(new plan.Viewport(), { width: 800, height: 600 });
const karlsruhe = { longitude: 8.41, latitude: 49.01 };

test("projecting there and back is the same place", () => {
  for (const place of [
    karlsruhe,
    { longitude: -179, latitude: -80 },
    { longitude: 0, latitude: 0 },
  ]) {
    const back = plan.unproject(plan.project(place));
    near(back.longitude, place.longitude);
    near(back.latitude, place.latitude);
  }
});

test("what lies under the pointer stays there while zooming", () => {
  const view = viewport();
  const at = { x: 123, y: 456 };
  const before = view.toWorld(at);
  view.zoom(3.7, at);
  const after = view.toWorld(at);
  near(after.x, before.x);
  near(after.y, before.y);
});

test("panning moves what is seen with the pointer", () => {
  const view = viewport();
  const world = view.toWorld({ x: 100, y: 100 });
  view.pan(30, -20);
  const { x, y } = view.toScreen(world);
  near(x, 130, 1e-6);
  near(y, 80, 1e-6);
});

test("fit shows every node, and a single one with its surroundings", () => {
  const view = viewport();
  const places = [karlsruhe, { longitude: 8.5, latitude: 49.1 }].map(plan.project);
  assert.ok(view.fit(places));
  for (const place of places) {
    const { x, y } = view.toScreen(place);
    assert.ok(x >= 50 && x <= 750 && y >= 50 && y <= 550);
  }
  view.fit([plan.project(karlsruhe)]);
  assert.ok(view.metresPerPixel * view.width > 100 && view.metresPerPixel * view.width < 2000);
  assert.ok(!view.fit([]));
});

test("the scale bar is a round length and no longer than allowed", () => {
  assert.deepEqual(plan.scaleBar(1, 140), { pixels: 100, text: "100 m" });
  assert.equal(plan.scaleBar(40, 140).text, "5 km");
  assert.equal(plan.scaleBar(0.002, 140).text, "20 cm");
});

test("at 60 degrees north a pixel is half as many metres as at the equator", () => {
  const view = viewport();
  Object.assign(view, plan.project({ longitude: 0, latitude: 0 }));
  const equator = view.metresPerPixel;
  Object.assign(view, plan.project({ longitude: 0, latitude: 60 }));
  near(view.metresPerPixel / equator, 0.5, 1e-6);
});

test("the graticule has round degrees", () => {
  const { values, decimals } = plan.graticule(8.38, 8.43, 5);
  assert.equal(decimals, 2);
  assert.deepEqual(
    values.map((v) => v.toFixed(2)),
    ["8.38", "8.39", "8.40", "8.41", "8.42", "8.43"],
  );
  assert.equal(plan.degrees(-0.5, 1, "EW"), "0.5° W");
  assert.equal(plan.degrees(-0.001, 1, "EW"), "0.0° E");
});

test("a click takes the nearest mark within reach", () => {
  const marks = [
    { x: 10, y: 10 },
    { x: 20, y: 10 },
  ];
  assert.equal(plan.hit(marks, { x: 16, y: 10 }, 14), marks[1]);
  assert.equal(plan.hit(marks, { x: 60, y: 10 }, 14), null);
});
