import assert from "node:assert/strict";
import { test } from "node:test";
import * as format from "../../../app/web/page/js/model/format.js";

test("ages have one unit, durations two", () => {
  assert.equal(format.age(400), "< 1 s");
  assert.equal(format.age(42_900), "42 s");
  assert.equal(format.age(5 * 60_000), "5 min");
  assert.equal(format.age(NaN), "never");
  assert.equal(format.duration(200_000), "3 min 20 s");
  assert.equal(format.duration(5 * 3_600_000 + 12 * 60_000), "5 h 12 min");
  assert.equal(format.duration(3 * 86_400_000), "3 d");
});

test("a clock that runs ahead makes no negative age", () => {
  assert.equal(format.age(-3000), "< 1 s");
});

test("numbers lose the noise of their binary form", () => {
  assert.equal(format.number(8.434230000000001), "8.43423");
  assert.equal(format.number(-0.5), "-0.5");
});

test("a declared scale says how many decimals a field has", () => {
  assert.equal(format.decimalsOf({ type: "i24", scale: 1e-5 }), 5);
  assert.equal(format.decimalsOf({ type: "i16", scale: 0.01 }), 2);
  assert.equal(format.decimalsOf({ type: "i16", scale: 2.5e-7 }), 8);
  assert.equal(format.decimalsOf({ type: "u8", scale: 1 }), 0);
  assert.equal(format.decimalsOf({ type: "f32", scale: 1 }), undefined);
  assert.equal(format.decimalsOf({ type: "text" }), undefined);
  assert.equal(format.shortValue({ value: { celsius: 13.4 } }, { celsius: 2 }), "13.40");
});

test("what is not declared is shown as bytes", () => {
  assert.equal(format.shortValue({ data: "0a1b" }), "0a 1b");
  assert.equal(format.printable("68690a"), "hi·");
});

test("hex is taken as people write it, and what is wrong is said", () => {
  assert.deepEqual(format.parseHex("0x01 02:AB"), { data: "0102ab" });
  assert.match(format.parseHex("01 0g").error, /“g”/);
  assert.match(format.parseHex("012").error, /missing/);
  assert.deepEqual(format.parseHex(""), { data: "" });
});

test("shares below a thousandth are not zero", () => {
  assert.equal(format.percent(0), "0 %");
  assert.equal(format.percent(0.0001), "< 0.1 %");
  assert.equal(format.percent(0.081), "8.1 %");
});

test("sizes are in units of 1,024", () => {
  assert.equal(format.bytes(512), "512 B");
  assert.equal(format.bytes(1740), "1.7 KiB");
  assert.equal(format.bytes(300 * 1024 * 1024), "300 MiB");
});
