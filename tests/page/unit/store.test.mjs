import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../../../app/web/page/js/model/store.js";

const epoch = 1000;
const at = (second) => new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString();

function reading(seq, { node = 5, number = seq, type = "GPS", value, second = seq } = {}) {
  return {
    epoch,
    seq,
    time: at(second),
    mesh: "default",
    kind: "reading",
    node,
    type,
    data: "00",
    value,
    reading: number,
  };
}

function events(...list) {
  const last = list.at(-1);
  return { type: "events", cursor: { epoch: last.epoch, seq: last.seq }, events: list };
}

function said(address, { readings = [], ...rest } = {}) {
  return {
    address,
    uuid: "",
    name: "",
    status: "active",
    heard: true,
    first_heard: at(0),
    last_heard: at(5),
    counters: { frames: 3, readings: 7, messages: 1 },
    types: ["GPS"],
    readings,
    ...rest,
  };
}

function filled() {
  const store = new Store();
  store.beginSnapshot();
  const latest = { seq: 7, time: at(5), node: 5, type: "GPS", data: "00" };
  const nodes = [said(5, { readings: [latest] }), said(6)];
  store.apply({ type: "snapshot", mesh: "default", nodes, last: true }, 0);
  return store;
}

test("a reading makes a node that nobody knew", () => {
  const store = new Store();
  store.apply(events(reading(1)), 0);
  const node = store.nodes.get("default/5");
  assert.equal(node.latest.get("GPS").seq, 1);
  assert.equal(node.counters.readings, 1);
  assert.ok(store.takeChanges().structure);
});

test("a reading that the snapshot has already is not counted again", () => {
  const store = filled();
  store.apply(events(reading(41, { number: 7, second: 5 })), 0);
  assert.equal(store.nodes.get("default/5").counters.readings, 7);
  store.apply(events(reading(42, { number: 8, second: 6 })), 0);
  assert.equal(store.nodes.get("default/5").counters.readings, 8);
});

test("when the numbers of readings begin again, newer ones are taken all the same", () => {
  const store = filled();
  store.apply(events(reading(42, { number: 1, second: 30 })), 0);
  assert.equal(store.nodes.get("default/5").latest.get("GPS").seq, 1);
});

test("a snapshot replaces what it names, and who is not named is gone", () => {
  const store = filled();
  store.beginSnapshot();
  const nodes = [said(6, { status: "idle" })];
  store.apply({ type: "snapshot", mesh: "default", nodes, last: true }, 0);
  assert.deepEqual([...store.nodes.keys()], ["default/6"]);
  assert.equal(store.nodes.get("default/6").status, "idle");
});

test("who joins between the pages of a snapshot stays", () => {
  const store = filled();
  store.beginSnapshot();
  store.apply({ type: "snapshot", mesh: "default", nodes: [said(5)], last: false }, 0);
  const joined = { ...reading(9, { node: 9 }), kind: "node_joined", state: "active", uuid: "ab" };
  store.apply(events(joined), 0);
  store.apply({ type: "snapshot", mesh: "default", nodes: [], last: true }, 0);
  assert.deepEqual([...store.nodes.keys()].sort(), ["default/5", "default/9"]);
});

test("an event that was applied is left out when it comes again", () => {
  const store = new Store();
  const seen = [];
  store.onEvent = (event) => seen.push(event.seq);
  store.apply(events(reading(1), reading(2)), 0);
  store.apply(events(reading(2), reading(3)), 0);
  assert.deepEqual(seen, [1, 2, 3]);
  assert.equal(store.duplicates, 1);
});

test("another epoch begins to count anew", () => {
  const store = new Store();
  store.apply(events(reading(900)), 0);
  store.apply(events({ ...reading(1), epoch: epoch + 1 }), 0);
  assert.equal(store.duplicates, 0);
  assert.deepEqual(store.cursor, { epoch: epoch + 1, seq: 1 });
});

test("after a gap the cursor is that of the message", () => {
  const store = new Store();
  store.apply(events(reading(10)), 0);
  const gap = {
    epoch,
    seq: 90,
    time: at(9),
    kind: "gap",
    from: 11,
    to: 90,
    count: 80,
    reason: "overwritten",
  };
  store.apply({ type: "events", cursor: { epoch, seq: 90 }, events: [gap] }, 0);
  assert.deepEqual(store.cursor, { epoch, seq: 90 });
  store.apply(events(reading(91)), 0);
  assert.equal(store.duplicates, 0);
});

test("the trail has the places of a node in order, and its end", () => {
  const store = new Store();
  for (let i = 1; i <= 140; ++i)
    store.apply(events(reading(i, { value: { longitude: 8 + i / 1000, latitude: 49 } })), 0);
  const { trail, position } = store.nodes.get("default/5");
  assert.equal(trail.length, 128);
  assert.equal(trail[0].longitude, 8.013);
  assert.deepEqual(position, { longitude: 8.14, latitude: 49 });
});

test("0, 0 is no place, and neither is one off the map", () => {
  const store = new Store();
  store.apply(events(reading(1, { value: { longitude: 0, latitude: 0 } })), 0);
  store.apply(events(reading(2, { value: { longitude: 8, latitude: 99 } })), 0);
  assert.equal(store.nodes.get("default/5").position, null);
});

test("a link that has changed is not changed back by an older answer", () => {
  const store = new Store();
  const link = { state: "up", reason: "frames are decoded", since: at(0), last_frame: at(1) };
  const status = {
    meshes: [{ name: "default", link, uart: { frames: 1, bytes_read: 9, rejects: {} } }],
  };
  store.applyStatus(status, 100, 120);
  const down = {
    epoch,
    seq: 1,
    time: at(2),
    mesh: "default",
    kind: "link_changed",
    state: "down",
    text: "port lost",
  };
  store.apply(events(down), 210);
  store.applyStatus(status, 200, 220);
  assert.equal(store.mesh("default").link.state, "down");
  store.applyStatus(status, 300, 320);
  assert.equal(store.mesh("default").link.state, "up");
});

test("rates come from two reports, and not over a restart of the gateway", () => {
  const store = new Store();
  const report = (frames, bad, now) =>
    store.applyStatus(
      {
        meshes: [
          {
            name: "default",
            link: {},
            uart: { frames, bytes_read: frames * 10, rejects: { empty: { count: bad, bytes: 0 } } },
          },
        ],
      },
      now,
      now,
    );
  report(100, 0, 0);
  report(150, 5, 1000);
  assert.deepEqual(store.mesh("default").rates(1000), { frames: 50, bytes: 500, rejects: 5 });
  report(3, 0, 2000);
  assert.equal(store.mesh("default").samples.length, 1);
});

test("messages are counted once, whether the snapshot or an event told them first", () => {
  const store = filled();
  const message = { ...reading(41, { second: 5 }), kind: "message", text: "hi" };
  store.apply(events(message), 0);
  assert.equal(store.nodes.get("default/5").counters.messages, 1);
  store.apply(events({ ...message, seq: 42, time: at(7) }), 0);
  assert.equal(store.nodes.get("default/5").counters.messages, 2);
  assert.equal(store.nodes.get("default/5").messages.length, 2);
});
