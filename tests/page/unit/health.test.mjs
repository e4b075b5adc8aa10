import assert from "node:assert/strict";
import { test } from "node:test";
import {
  concernsMesh,
  recordFault,
  rejectShare,
  verdict,
  worstLink,
} from "../../../app/web/page/js/model/health.js";
import { Mesh } from "../../../app/web/page/js/model/mesh.js";
import { formatRoute, parseRoute } from "../../../app/web/page/js/model/route.js";
import { lanes, linkSpans, ticks } from "../../../app/web/page/js/model/timeline.js";

function mesh(state, rest = {}) {
  const made = new Mesh("default");
  made.link = { state, reason: "", since: 1000, ...rest };
  return made;
}

test("the verdict says the state, since when, and why", () => {
  assert.deepEqual(verdict(mesh("up"), [], 61_000), {
    state: "up",
    word: "Up",
    span: " for 60 s",
    reason: "frames are decoded",
  });
  const incidents = [{ actor: "uart/default", start: 20_000, end: null }];
  assert.equal(
    verdict(mesh("down", { since: NaN, reason: "port lost" }), incidents, 32_000).span,
    " for 12 s",
  );
});

test("a link of which nothing is known since when says no time", () => {
  assert.equal(verdict(mesh("silent", { since: 1000 }), [], 99_000).span, "");
  assert.equal(verdict(mesh("silent", { changed: 90_000 }), [], 99_000).span, " for 9 s");
});

test("the share of rejects is of all that came", () => {
  assert.equal(rejectShare({ frames: 90, rejects: 10 }), "10 %");
  assert.equal(rejectShare({ frames: 0, rejects: 0 }), "0 %");
});

test("the worst link is told in the title", () => {
  assert.equal(worstLink([mesh("up"), mesh("noisy"), mesh("silent")]), "noisy");
});

test("the state of a link over time ends where the next one begins", () => {
  const marks = [
    { kind: "link_changed", mesh: "default", state: "down", time: 100 },
    { kind: "link_changed", mesh: "other", state: "down", time: 150 },
    { kind: "link_changed", mesh: "default", state: "up", time: 200 },
  ];
  const spans = linkSpans(marks, mesh("up"), 0, 500).map(({ state, from, to }) => [
    state,
    from,
    to,
  ]);
  assert.deepEqual(spans, [
    ["down", 100, 200],
    ["up", 200, 500],
  ]);
});

test("an incident that goes on reaches to the end, one before the span is left out", () => {
  const incidents = [
    { actor: "uart/default", cause: "port lost", start: 400, end: null },
    { actor: "node_cache/default", cause: "x", start: 1, end: 2 },
  ];
  const drawn = lanes({ meshes: [], incidents, marks: [], from: 100, to: 500 });
  assert.equal(drawn.length, 1);
  assert.equal(drawn[0].bars[0].left, 0.75);
  assert.equal(drawn[0].bars[0].width, 0.25);
});

test("ticks are whole minutes, and not too many", () => {
  const to = Date.UTC(2026, 0, 31, 12, 7);
  const marks = ticks(to - 3600e3, to, 8);
  assert.ok(marks.length >= 4 && marks.length <= 8);
  assert.ok(marks.every((t) => t % 60e3 === 0));
});

test("an address says where one is, and unknown ones lead to the overview", () => {
  const route = { view: "nodes", mesh: "north", node: "north/5", show: "plan" };
  assert.deepEqual(parseRoute(formatRoute(route)), route);
  assert.equal(formatRoute({ view: "events", mesh: null, node: null, show: "both" }), "#/events");
  assert.equal(parseRoute("#/nowhere").view, "overview");
});

test("a record that is not written is a fault, none and one that is are not", () => {
  assert.match(recordFault({ state: "degraded", reason: "disk full" }), /not being recorded: disk/);
  assert.equal(recordFault({ state: "recording", reason: "" }), "");
  assert.equal(recordFault(undefined), "");
});

test("an incident is of the mesh that its actor has, or of the gateway of the mesh", () => {
  assert.ok(concernsMesh("event_hub", "north/field"));
  assert.ok(concernsMesh("node_cache/north/field", "north/field"));
  assert.ok(concernsMesh("gateway_link/north", "north/field"));
  assert.ok(concernsMesh("uart/field", "field"));
  assert.ok(!concernsMesh("node_cache/office/north/field", "north/field"));
  assert.ok(!concernsMesh("gateway_link/south", "north/field"));
  assert.ok(!concernsMesh("uart/north", "north/field"));
});

test("a mesh with the name of its gateway keeps it through the address", () => {
  const route = { view: "nodes", mesh: "north/field", node: "north/field/5", show: "both" };
  const hash = formatRoute(route);
  assert.equal(hash, "#/nodes?mesh=north/field&node=north/field/5");
  assert.deepEqual(parseRoute(hash), route);
});
