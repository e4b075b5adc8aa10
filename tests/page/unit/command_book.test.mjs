import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandBook, commandsKept } from "../../../app/web/page/js/model/command_book.js";

const command = (state) => ({
  id: 17,
  mesh: "default",
  kind: "send",
  node: 5,
  state,
  accepted: "2026-01-31T12:00:00.000Z",
  deadline: "2026-01-31T12:00:10.000Z",
  finished: null,
});

test("a command goes from accepted to written", () => {
  const book = new CommandBook();
  book.sent(command("accepted"), "Send", 0);
  assert.equal(book.waiting().length, 1);
  book.tell({
    id: 17,
    state: "written",
    time: Date.parse("2026-01-31T12:00:01.200Z"),
    mesh: "default",
  });
  const [entry] = book.items;
  assert.equal(entry.state, "written");
  assert.equal(entry.finished - entry.accepted, 1200);
});

test("an answer that comes after a newer event changes nothing", () => {
  const book = new CommandBook();
  book.tell({ id: 17, state: "accepted", time: 1, mesh: "default", node: 5 });
  book.tell({ id: 17, state: "written", time: 2, mesh: "default", node: 5 });
  book.sent(command("accepted"), "Send", 3);
  assert.equal(book.items.length, 1);
  assert.equal(book.items[0].state, "written");
  assert.ok(book.items[0].mine);
});

test("an expired command may still turn out to be written, and not the other way", () => {
  const book = new CommandBook();
  for (const state of ["accepted", "expired", "written", "expired"])
    book.tell({ id: 17, state, time: 1, mesh: "default" });
  assert.equal(book.items[0].state, "written");
});

test("why a command failed is kept", () => {
  const book = new CommandBook();
  book.sent(
    { ...command("failed"), error: { title: "x", detail: "the port was lost" } },
    "Send",
    0,
  );
  assert.equal(book.items[0].text, "the port was lost");
  book.refused("default", "Broadcast", "the transmit queue is full", 1);
  assert.equal(book.items[0].state, "refused");
});

test("numbers mean other commands after a restart of the gateway", () => {
  const book = new CommandBook();
  book.sent(command("accepted"), "Send", 0);
  book.forgetIds();
  book.tell({ id: 17, state: "written", time: 9, mesh: "default" });
  assert.deepEqual(
    book.items.map((entry) => entry.state),
    ["written", "unknown"],
  );
});

test("the book is bounded", () => {
  const book = new CommandBook();
  for (let id = 1; id <= commandsKept + 5; ++id) book.tell({ id, state: "accepted", time: id });
  assert.equal(book.items.length, commandsKept);
  assert.equal(book.byId.size, commandsKept);
});
