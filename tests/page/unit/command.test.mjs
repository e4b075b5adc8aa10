import assert from "node:assert/strict";
import { test } from "node:test";
import { commandKinds, composeCommand } from "../../../app/web/page/js/model/command.js";

const kind = (id) => commandKinds.find((k) => k.id === id);
const compose = (id, typed = {}) =>
  composeCommand(kind(id), { node: "", message: "", isHex: false, ...typed });

test("a message is sent as text or as hex", () => {
  assert.deepEqual(compose("send", { node: "0x0005", message: "hello" }), {
    body: { kind: "send", node: 5, text: "hello" },
    label: "Send to node 5: “hello”",
  });
  assert.deepEqual(compose("broadcast", { message: "01 02", isHex: true }).body, {
    kind: "broadcast",
    data: "0102",
  });
});

test("what is missing or too long is said with its field", () => {
  assert.equal(compose("send", { node: "five", message: "x" }).field, "node");
  assert.equal(compose("send", { node: "65536", message: "x" }).field, "node");
  assert.equal(compose("send", { node: "5" }).field, "message");
  assert.equal(compose("broadcast", { message: "0", isHex: true }).field, "message");
  assert.equal(compose("broadcast", { message: "ä".repeat(128) }).field, "message");
  assert.ok(compose("broadcast", { message: "ä".repeat(127) }).body);
});

test("what cannot be undone needs a word, and the gateway is told so", () => {
  assert.equal(compose("clean").body.confirm, "clean");
  assert.deepEqual(
    commandKinds.filter((k) => k.word).map((k) => k.id),
    ["reset_root", "clean"],
  );
});
