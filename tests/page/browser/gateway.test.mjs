// The page with the real gateway and a simulated mesh.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { connected, openPage, until } from "../support/browser.mjs";
import { byEpoch, faultsOf, Witness } from "../support/witness.mjs";
import { Bench } from "../support/xylem.mjs";

const refused = /ERR_CONNECTION|WebSocket connection|Failed to load resource/;
let bench;
let context;
beforeEach(() => (bench = new Bench()));
afterEach(async () => {
  await context?.close();
  context = null;
  await bench.stop();
});

async function page(url, options) {
  const made = await openPage(url, options);
  context = made.context();
  return made;
}

/** Once there is one. */
const lastSeq = (p) => until(p, () => Number(document.documentElement.dataset.lastSeq));
const record = (p) =>
  p.evaluate(() => ({ ...window.xylemRecord, duplicates: window.xylemRecord.duplicates }));
const more = (p, n) =>
  until(p, (seq) => Number(document.documentElement.dataset.lastSeq) >= seq, n);

test("it shows a living mesh", async (t) => {
  const { url } = await bench.gateway(["--sim"]);
  const p = await page(url);
  await p.waitForSelector('[data-mesh="default"][data-state="up"]');
  await until(p, () => Number(document.documentElement.dataset.nodes) > 0);
  const took = await p.evaluate(() => performance.now()); // since the page was asked for
  t.diagnostic(`after ${took.toFixed(0)} ms`);
  await until(p, () => document.documentElement.dataset.nodes === "8");
  assert.deepEqual(p.faults, []);
});

test("it follows the mesh live: values, ages, rates and the plan", async () => {
  const { url } = await bench.gateway(["--sim"]);
  const p = await page(url, { path: "#/nodes?node=default/5" });
  await p.waitForSelector('[data-type="GPS"] .plot');
  await until(p, () => document.querySelector("#plan-surface").dataset.marks === "8");
  const points = () =>
    p.evaluate(() =>
      Number(document.querySelector('[data-type="GPS"] [data-points]').dataset.points),
    );
  const before = await points();
  await until(
    p,
    (n) => Number(document.querySelector('[data-type="GPS"] [data-points]').dataset.points) > n + 2,
    before,
  );
  await until(p, () =>
    /^[1-9]/.test(document.querySelector(".verdict .readout .value").textContent),
  );
  await until(
    p,
    () => document.querySelector('[data-node="default/5"] .of-heard').textContent === "< 1 s",
  );
  const raw = await p.textContent('[data-type="GPS"] .raw');
  await until(
    p,
    (text) => document.querySelector('[data-type="GPS"] .raw').textContent !== text,
    raw,
  );
  assert.deepEqual(p.faults, []);
});

test("a pulled cable shows, and so does its return", async (t) => {
  const sim = await bench.simulator(["--rate", "20"]);
  const { url } = await bench.gateway(["--serial", sim.link]);
  const p = await page(url);
  await p.waitForSelector('[data-mesh="default"][data-state="up"]');
  await until(p, () => document.documentElement.dataset.nodes === "8");
  const pulled = performance.now();
  await bench.end(sim, "SIGKILL");
  await p.waitForSelector('[data-mesh="default"][data-state="down"]');
  t.diagnostic(`down after ${(performance.now() - pulled).toFixed(0)} ms`);
  await until(
    p,
    () => document.querySelector('.shares [data-state="disconnected"] + b').textContent === "8",
  );
  await p.click('[data-view="incidents"]');
  await p.waitForSelector("#incident-rows tr[data-open]");
  await bench.simulator(["--rate", "20"], sim.link);
  await p.waitForSelector('.verdict[data-state="up"]');
  await p.waitForSelector("#incident-rows tr:not([data-open])");
  assert.deepEqual(p.faults, []);
});

test("a connection that breaks is resumed without a duplicate or a hole", async () => {
  const proxy = await bench.proxy();
  const { port } = await bench.gateway(["--sim", "--set", `web.origins=${proxy.url.slice(0, -1)}`]);
  proxy.target = port;
  const witness = new Witness(port);
  bench.started.push(() => witness.close());
  const p = await page(proxy.url, { path: "?record=1", allowed: refused });
  await connected(p);
  for (let i = 0; i < 3; ++i) {
    await more(p, (await lastSeq(p)) + 30);
    proxy.cut();
    await connected(p, "reconnecting");
    await connected(p);
  }
  await more(p, (await lastSeq(p)) + 30);
  const { events, gaps, duplicates } = await record(p);
  const [seqs, ...others] = Object.values(byEpoch(events));
  assert.equal(others.length, 0);
  assert.equal(duplicates, 0);
  assert.deepEqual(gaps, []);
  assert.deepEqual(faultsOf(seqs, []), []);
  const seen = new Set(seqs);
  const missing = witness.events
    .map(([, seq]) => seq)
    .filter((seq) => seq <= seqs.at(-1) && !seen.has(seq));
  assert.ok(witness.events.length > 50);
  assert.deepEqual(missing, []);
  assert.deepEqual(p.faults, []);
});

test("a gateway that restarts is followed on: no duplicate, no hole that is not told", async () => {
  const proxy = await bench.proxy(); // the port of one that has ended may be another's
  const args = ["--sim", "--set", `web.origins=${proxy.url.slice(0, -1)}`];
  const first = await bench.gateway(args);
  proxy.target = first.port;
  const witness = new Witness(proxy.port);
  bench.started.push(() => witness.close());
  const p = await page(proxy.url, { path: "?record=1", allowed: refused });
  await p.waitForSelector('[data-mesh="default"][data-state="up"]');
  const epoch = await p.evaluate(() => document.documentElement.dataset.epoch);
  await more(p, (await lastSeq(p)) + 50);
  proxy.target = null;
  await bench.end(first);
  await connected(p, "reconnecting");
  assert.ok(await p.isVisible("#notice"));
  proxy.target = (await bench.gateway(args)).port;
  await connected(p);
  await until(p, (old) => document.documentElement.dataset.epoch !== old, epoch);
  await more(p, (await lastSeq(p)) + 100);
  await until(p, () => document.documentElement.dataset.nodes === "8");
  const { events, gaps, duplicates } = await record(p);
  const page_ = byEpoch(events);
  const beside = byEpoch(witness.events);
  assert.equal(Object.keys(page_).length, 2);
  assert.equal(duplicates, 0);
  assert.ok(gaps.length <= 1, `${gaps.length} gaps`);
  for (const [of, seqs] of Object.entries(page_)) {
    assert.deepEqual(faultsOf(seqs, gaps), [], `epoch ${of}`);
    const theirs = beside[of].filter((seq) => seq >= seqs[0] && seq <= seqs.at(-1));
    const ours = seqs.filter((seq) => seq >= beside[of][0] && seq <= beside[of].at(-1));
    assert.ok(theirs.length > 40);
    assert.deepEqual(ours, theirs, `epoch ${of}`);
  }
  await p.waitForSelector('[data-mesh="default"][data-state="up"]');
  assert.deepEqual(p.faults, []);
});

test("a reload goes on where it was", async () => {
  const { url } = await bench.gateway(["--sim"]);
  const p = await page(url, { path: "?record=1" });
  await connected(p);
  await more(p, (await lastSeq(p)) + 30);
  await p.reload();
  await connected(p);
  await until(p, () => document.documentElement.dataset.nodes === "8");
  const kept = await p.evaluate(
    () => JSON.parse(sessionStorage.getItem("xylem.seen")).events.at(-1).seq,
  );
  const { events, gaps, duplicates } = await record(p);
  assert.deepEqual(gaps, []);
  assert.equal(duplicates, 0);
  assert.ok(events[0][1] <= kept + 1 && events[0][1] > 1);
  assert.deepEqual(
    faultsOf(
      events.map(([, seq]) => seq),
      [],
    ),
    [],
  );
  assert.deepEqual(p.faults, []);
});

test("a command is sent and followed until it is written", async () => {
  const { url } = await bench.gateway(["--sim"]);
  const p = await page(url, { path: "#/commands" });
  await p.waitForSelector('.verdict[data-state="up"]');
  await p.fill("#command-node", "5");
  await p.fill("#command-message", "hello");
  await p.click("#command-send");
  const entry = p.locator("#command-list li", { hasText: "Send to node 5: “hello”" });
  await entry.waitFor();
  await until(
    p,
    () => document.querySelector("#command-list li[data-command]")?.dataset.state === "written",
  );
  await p.check('input[value="network_info"]');
  await p.click("#command-send");
  await until(
    p,
    () => document.querySelectorAll('#command-list li[data-state="written"]').length >= 2,
  );
  assert.deepEqual(p.faults, []);
});

test("a command for a link that is down is refused, with the gateway's words", async () => {
  const { url } = await bench.gateway(["--serial", `${bench.folder}/nothing`]);
  const p = await page(url, { path: "#/commands", allowed: /503/ });
  await p.waitForSelector('.verdict[data-state="down"]');
  await p.fill("#command-node", "5");
  await p.fill("#command-message", "hello");
  await p.click("#command-send");
  await p.waitForSelector('#command-list li[data-state="refused"]');
  assert.ok((await p.textContent("#command-error")).length > 10);
  assert.deepEqual(p.faults, []);
});

test("a token opens a protected gateway, its scope is respected, and its end ends the page", async () => {
  const file = `${bench.folder}/tokens.json`;
  const tokens = (...args) => bench.output(["token", ...args, "--file", file]);
  const [token] = (await tokens("create", "page", "--scope", "read")).match(/xyl_[\w-]+/);
  const { url } = await bench.gateway(["--sim", "--set", `web.tokens=${file}`]);
  const p = await page(url, { path: "#/commands", allowed: /401|WebSocket/ });
  await p.fill("#token", token);
  await p.keyboard.press("Enter");
  await connected(p);
  await p.waitForSelector('.verdict[data-state="up"]');
  assert.ok(await p.isDisabled("#command-send"));
  assert.match(await p.textContent("#command-form .note:not(.figure)"), /scope “command”/);
  await tokens("revoke", "page");
  await p.waitForSelector("#token-dialog[open]");
  assert.deepEqual(p.faults, []);
});
