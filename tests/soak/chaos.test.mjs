// The socket through which a dev build is told to fail (app/chaos).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Bench } from "../page/support/xylem.mjs";
import { fetchText, until } from "../monitors/arena.mjs";

const bench = new Bench();
const path = join(bench.folder, "chaos");
let gateway;

function order(line) {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.on("error", reject);
    socket.on("data", (answer) => {
      socket.destroy();
      resolve(String(answer).trim());
    });
    socket.write(`${line}\n`);
  });
}

const status = async () => JSON.parse(await fetchText(`${gateway.url}api/v1/status`));
const restartsOf = async (name) =>
  (await status()).actors.find((each) => each.name === name).restarts;

before(async () => {
  process.env.XYLEM_CHAOS = path;
  gateway = await bench.gateway(["--sim"]);
  delete process.env.XYLEM_CHAOS;
});

after(() => bench.stop());

test("an actor that is killed is started again", async () => {
  assert.equal(await order("kill uart/default"), "ok");
  await until("it runs again", async () => (await restartsOf("uart/default")) === 1);
});

test("an actor that was restarted can be killed again", async () => {
  assert.equal(await order("kill node_cache/default"), "ok");
  await until("it runs again", async () => (await restartsOf("node_cache/default")) === 1);
  assert.equal(await order("kill node_cache/default"), "ok");
  await until("it runs again", async () => (await restartsOf("node_cache/default")) === 2);
});

test("the clock jumps forwards and backwards", async () => {
  const path = "/api/v1/meshes/default/nodes?limit=1";
  const heard = async () => {
    const { nodes } = JSON.parse(await fetchText(gateway.url + path.slice(1)));
    return Date.parse(nodes[0]?.last_heard);
  };
  await until("a node is heard", async () => (await heard()) > 0);
  assert.equal(await order("clock +7200"), "ok");
  await until("it is heard in two hours", async () => (await heard()) > Date.now() + 3_600_000);
  assert.equal(await order("clock -14400"), "ok");
  await until("it is heard two hours ago", async () => (await heard()) < Date.now() - 3_600_000);
});

test("what cannot be done is said", async () => {
  assert.equal(await order("kill uart/elsewhere"), "no such actor: uart/elsewhere");
  assert.equal(await order("clock soon"), "not seconds: soon");
  assert.equal(await order("clock 99999999999"), "not seconds: 99999999999");
  assert.equal(await order("dance"), "unknown: dance");
});

test("the gateway ends in order with somebody connected", async () => {
  const socket = connect(path);
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("connect", resolve));
  await bench.end(gateway);
  assert.equal(gateway.exitCode, 0);
  socket.destroy();
});

test("only the preset dev has chaos", () => {
  const file = new URL("../../CMakePresets.json", import.meta.url);
  const { configurePresets } = JSON.parse(readFileSync(file, "utf8"));
  const chaotic = configurePresets.filter(({ cacheVariables }) => cacheVariables?.XYLEM_CHAOS);
  assert.deepEqual(
    chaotic.map(({ name }) => name),
    ["dev"],
  );
});
