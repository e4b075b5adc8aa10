import assert from "node:assert/strict";
import { test } from "node:test";
import { Node } from "../../../app/web/page/js/model/node.js";
import * as table from "../../../app/web/page/js/model/table.js";

function node(address, { bat, ...rest } = {}) {
  const made = Object.assign(new Node(rest.mesh ?? "default", address), { status: "active" }, rest);
  if (bat !== undefined) {
    made.types = ["BAT"];
    made.latest.set("BAT", { seq: 1, time: 1, type: "BAT", data: "00", value: { percent: bat } });
  }
  return made;
}
const nodes = [
  node(3, { bat: 20 }),
  node(1, { bat: 90, name: "Barn" }),
  node(2, { status: "idle", uuid: "ab12" }),
];
const addresses = (list) => list.map((n) => n.address);
const column = (id) => table.columnsFor(nodes).find((c) => c.id === id);

test("a table is ordered by any column, either way, and what is missing comes last", () => {
  assert.deepEqual(addresses(table.sortNodes(nodes, column("address"), 1)), [1, 2, 3]);
  assert.deepEqual(addresses(table.sortNodes(nodes, column("address"), -1)), [3, 2, 1]);
  assert.deepEqual(addresses(table.sortNodes(nodes, column("type:BAT"), 1)), [3, 1, 2]);
  assert.deepEqual(addresses(table.sortNodes(nodes, column("type:BAT"), -1)), [1, 3, 2]);
});

test("equal nodes lie by address", () => {
  assert.deepEqual(addresses(table.sortNodes(nodes, column("status"), 1)), [1, 3, 2]);
});

test("columns are what nodes send, decoded types first, names and meshes only where there are some", () => {
  const raw = node(4);
  raw.types = ["DYN"];
  raw.latest.set("DYN", { data: "00" });
  const ids = table.columnsFor([raw, ...nodes], { meshes: 2 }).map((c) => c.id);
  assert.deepEqual(ids, [
    "address",
    "mesh",
    "name",
    "status",
    "heard",
    "type:BAT",
    "type:DYN",
    "readings",
    "messages",
    "malformed",
  ]);
  assert.ok(!table.columnsFor([node(1)]).some((c) => c.id === "name" || c.id === "mesh"));
});

test("columns never become narrower", () => {
  const columns = table.columnsFor(nodes);
  const wide = table.columnWidths(columns, nodes);
  assert.deepEqual(table.columnWidths(columns, [], { before: wide }), wide);
});

test("the filter takes words, fields and comparisons", () => {
  const found = (text) => addresses(nodes.filter(table.nodeFilter(text))).sort();
  assert.deepEqual(found(""), [1, 2, 3]);
  assert.deepEqual(found("barn"), [1]);
  assert.deepEqual(found("0x0002"), [2]);
  assert.deepEqual(found("ab12"), [2]);
  assert.deepEqual(found("status:id"), [2]);
  assert.deepEqual(found("type:bat"), [1, 3]);
  assert.deepEqual(found("BAT<50"), [3]);
  assert.deepEqual(found("percent>=20 barn"), [1]);
  assert.deepEqual(found("bat.percent=20"), [3]);
  assert.deepEqual(found("nothing"), []);
});

test("only rows on screen exist", () => {
  const of = (scrollTop) =>
    table.visibleRows({ scrollTop, height: 340, rowHeight: 34, total: 10_000, margin: 2 });
  assert.deepEqual(of(0), { first: 0, last: 12 });
  assert.deepEqual(of(34 * 5000), { first: 4998, last: 5012 });
  assert.deepEqual(of(34 * 9990), { first: 9988, last: 10_000 });
  assert.deepEqual(table.visibleRows({ scrollTop: 900, height: 340, rowHeight: 34, total: 3 }), {
    first: 3,
    last: 3,
  });
});

test("keys move within the list, and a row is scrolled into sight", () => {
  assert.equal(table.moveRow("ArrowDown", -1, 5, 3), 0);
  assert.equal(table.moveRow("PageDown", 3, 5, 3), 4);
  assert.equal(table.moveRow("Home", 3, 5, 3), 0);
  assert.equal(table.moveRow("x", 3, 5, 3), null);
  assert.equal(table.moveRow("ArrowDown", -1, 0, 3), null);
  const view = { scrollTop: 100, height: 100, rowHeight: 20 };
  assert.equal(table.scrollFor(6, view), undefined);
  assert.equal(table.scrollFor(2, view), 40);
  assert.equal(table.scrollFor(12, view), 160);
});

test("ten thousand nodes are filtered and ordered within a frame or two", () => {
  const many = Array.from({ length: 10_000 }, (_, i) => node(i + 1, { bat: (i * 37) % 101 }));
  const columns = table.columnsFor(many);
  const began = performance.now();
  const kept = many.filter(table.nodeFilter("BAT<90"));
  table.sortNodes(
    kept,
    columns.find((c) => c.id === "type:BAT"),
    -1,
  );
  assert.ok(performance.now() - began < 500);
});
