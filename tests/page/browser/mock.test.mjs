// What a simulated mesh cannot show: many nodes, several meshes, tokens, refusals, dead links.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { MockGateway } from "../mock/gateway.mjs";
import { MockMesh } from "../mock/mesh.mjs";
import { accessibilityFaults, connected, openPage, until } from "../support/browser.mjs";

const open = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

async function gateway(options) {
  const made = new MockGateway(options);
  open.push(made);
  return { gateway: made, url: await made.listen() };
}

async function page(url, options) {
  const made = await openPage(url, options);
  open.push(made.context());
  return made;
}

const addresses = (p) =>
  p.$$eval("#node-rows .row:not([hidden])", (rows) =>
    rows
      .sort((a, b) => a.getAttribute("aria-rowindex") - b.getAttribute("aria-rowindex"))
      .map((row) => Number(row.dataset.node.split("/")[1])),
  );

test("the table is ordered by a click, either way, and by keyboard", async () => {
  const { url } = await gateway({ meshes: [["default", 12]], updates: 40 });
  const p = await page(url, { path: "#/nodes?show=table" });
  await p.waitForSelector('[data-node="default/12"]');
  assert.deepEqual((await addresses(p)).slice(0, 3), [1, 2, 3]);
  await p.click('[data-column="address"]');
  assert.deepEqual((await addresses(p)).slice(0, 3), [12, 11, 10]);
  await p.focus('[data-column="address"]');
  await p.keyboard.press("Enter");
  assert.deepEqual((await addresses(p)).slice(0, 3), [1, 2, 3]);
  await p.click('[data-column="type:BAT"]');
  assert.equal(
    await p.getAttribute('[role="columnheader"]:has([data-column="type:BAT"])', "aria-sort"),
    "ascending",
  );
  const values = await p.$$eval("#node-rows .row:not([hidden])", (rows) => {
    const at = [...document.querySelectorAll("#node-head .cell button")].findIndex(
      (b) => b.dataset.column === "type:BAT",
    );
    return rows
      .sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)
      .map((row) => row.children[at].textContent)
      .filter(Boolean)
      .map(Number);
  });
  assert.ok(values.length > 3);
  assert.deepEqual(
    values,
    [...values].sort((a, b) => a - b),
  );
  assert.deepEqual(p.faults, []);
});

test("the filter narrows the table and the plan, and / leads to it", async () => {
  const { url } = await gateway({ meshes: [["default", 30]], updates: 200 });
  const p = await page(url, { path: "#/nodes" });
  await until(p, () => document.querySelector("#plan-surface").dataset.marks > 20);
  await p.keyboard.press("/");
  await p.keyboard.type("probe-3");
  await until(p, () => document.querySelector("#node-count").textContent === "2 of 30 nodes");
  assert.deepEqual(await addresses(p), [3, 30]);
  await until(p, () => document.querySelector("#plan-surface").dataset.marks === "2");
  await p.keyboard.press("Escape");
  await until(p, () => document.querySelector("#node-count").textContent === "30 nodes");
  await p.click('[data-status="idle"]');
  assert.deepEqual(await addresses(p), [7, 16, 25]);
  assert.deepEqual(p.faults, []);
});

test("arrows go from row to row, Enter opens, Escape closes", async () => {
  const { url } = await gateway({ meshes: [["default", 200]], updates: 100 });
  const p = await page(url, { path: "#/nodes?show=table" });
  await p.waitForSelector('[data-node="default/9"]');
  await p.focus("#node-table");
  for (let i = 0; i < 3; ++i) await p.keyboard.press("ArrowDown");
  await p.keyboard.press("Enter");
  await p.waitForSelector("#detail:not([hidden])");
  assert.equal(await p.textContent("#detail-title"), "probe-3");
  await p.focus("#node-table");
  await p.keyboard.press("End");
  await until(p, () => document.querySelector("#detail-title").textContent === "Node 200");
  assert.equal(await p.getAttribute("#node-table", "aria-activedescendant"), "node-row-199");
  assert.ok(await p.isVisible("#node-row-199"));
  await p.keyboard.press("Escape");
  await p.waitForSelector("#detail", { state: "hidden" });
  assert.deepEqual(p.faults, []);
});

test("a click on the plan selects the node", async () => {
  const { gateway: mock, url } = await gateway({ meshes: [["default", 1]] });
  const p = await page(url, { path: "#/nodes?show=plan" });
  await connected(p);
  mock.publish(mock.meshes[0].measure(mock.meshes[0].nodes[0]));
  await until(p, () => document.querySelector("#plan-surface").dataset.marks === "1");
  const box = await p.locator("#plan-surface").boundingBox();
  await p.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await p.waitForSelector("#detail:not([hidden])");
  await p.focus("#plan-surface");
  await p.keyboard.press("+");
  await p.keyboard.press("ArrowLeft");
  await p.mouse.wheel(0, -200);
  await p.click("#zoom-fit");
  assert.deepEqual(p.faults, []);
});

test("plots show history at once and go on live, each reading once", async () => {
  const { gateway: mock, url } = await gateway({ meshes: [["default", 2]] });
  const [mesh] = mock.meshes;
  const [node] = mesh.nodes;
  for (let i = 0; i < 50; ++i) mock.publish(mesh.measure(node, Date.now() - 50_000 + i * 1000));
  const p = await page(url, { path: "#/nodes?node=default/1" });
  const points = (n) => p.waitForSelector(`[data-type="TMP"] [data-points="${n}"]`);
  await points(50);
  mock.publish(mesh.measure(node));
  await points(51);
  assert.equal(
    await p.textContent('[data-type="TMP"] .raw').then((t) => t.slice(0, 5).trim().length),
    5,
  );
  assert.deepEqual(p.faults, []);
});

/** A node that has told its temperature every ten minutes for longer than a month. */
function longPast(node) {
  const now = Date.now();
  const count = 40 * 24 * 6;
  node.history.TMP = Array.from({ length: count }, (_, i) => ({
    seq: i + 1,
    time: new Date(now - (count - i) * 600e3).toISOString(),
    type: "TMP",
    data: "0102",
    value: { celsius: 20 + 5 * Math.sin(i / 20) },
  }));
}

test("a month is plotted at once, as the mean of each hour within what it was between", async () => {
  const { gateway: mock, url } = await gateway({ meshes: [["default", 2]] });
  longPast(mock.meshes[0].nodes[0]);
  const p = await page(url, { path: "#/nodes?node=default/1" });
  await p.waitForSelector('[data-type="TMP"] [data-points="1000"]');
  mock.asked = [];
  await p.click('[data-stretch="month"]');
  await p.waitForSelector('[data-type="TMP"] .band[d*="Z"]');
  const asked = mock.asked.filter((query) => query.includes("step=3600"));
  assert.equal(asked.length, mock.asked.length);
  const plot = p.locator('[data-type="TMP"] [data-points]');
  const points = Number(await plot.getAttribute("data-points"));
  assert.ok(points >= 720 && points <= 721, `${points} hours`);
  await p.focus('[data-type="TMP"] .plot-area');
  await p.keyboard.press("Home");
  await p.keyboard.press("ArrowRight"); // the first hour may be cut to a single reading
  const said = await p.textContent('[data-type="TMP"] output');
  assert.match(said, /^[\d.]+ \([\d.]+ to [\d.]+\) at \d{4}-\d\d-\d\d /);
  await p.click('[data-stretch="latest"]');
  await p.waitForSelector('[data-type="TMP"] [data-points="1000"]');
  assert.equal(await p.locator('[data-type="TMP"] .band[d]').count(), 0);
  assert.deepEqual(p.faults, []);
});

test("an hour is plotted reading by reading when they are few, and by steps when they are many", async () => {
  const { gateway: mock, url } = await gateway({ meshes: [["default", 2]] });
  const [few, many] = mock.meshes[0].nodes;
  longPast(few);
  const now = Date.now();
  many.history.TMP = Array.from({ length: 3000 }, (_, i) => ({
    seq: i + 1,
    time: new Date(now - (3000 - i) * 1000).toISOString(),
    data: "01",
    value: { celsius: i % 7 },
  }));
  const p = await page(url, { path: "#/nodes?node=default/1" });
  await p.click('[data-stretch="hour"]');
  await until(p, () => {
    const plot = document.querySelector('[data-type="TMP"] [data-points]');
    return plot && Number(plot.dataset.points) <= 6;
  });
  assert.equal(await p.locator('[data-type="TMP"] .band[d]').count(), 0);
  await p.evaluate(() => (location.hash = "#/nodes?node=default/2"));
  await p.waitForSelector('[data-type="TMP"] .band[d*="Z"]');
  assert.ok(mock.asked.some((query) => query.includes("step=5")));
  assert.deepEqual(p.faults, []);
});

test("a record that is not written is told, and so is what is shown without it", async () => {
  const { gateway: mock, url } = await gateway({
    meshes: [["default", 1]],
    recorder: { state: "degraded", reason: "no space on the disk" },
  });
  const [mesh] = mock.meshes;
  for (let i = 0; i < 5; ++i) mock.publish(mesh.measure(mesh.nodes[0], Date.now() - 5000 + i * 1000));
  const p = await page(url, { path: "#/nodes?node=default/1" });
  await p.waitForSelector("#past-incomplete:not([hidden])");
  await until(p, () =>
    /not being recorded: no space/.test(document.querySelector("#record-notice").textContent),
  );
  mock.recorder = { state: "recording", reason: "" };
  await p.waitForSelector("#record-notice", { state: "hidden" });
  await p.click('[data-stretch="day"]');
  await p.waitForSelector("#past-incomplete", { state: "hidden" });
  assert.deepEqual(p.faults, []);
});

test("a refused command says why, and one that is taken is followed until it is written", async () => {
  const { gateway: mock, url } = await gateway({ updates: 20 });
  const p = await page(url, { path: "#/commands", allowed: /status of 503/ });
  await connected(p);
  await p.fill("#command-node", "5");
  await p.fill("#command-message", "hello");
  await p.click("#command-send");
  await p.waitForSelector('[data-command="1"][data-state="written"]');
  mock.link("default", "down", "port lost: hang-up");
  await p.fill("#command-message", "again");
  await p.click("#command-send");
  await until(p, () => /is not open/.test(document.querySelector("#command-error").textContent));
  await p.waitForSelector('[data-state="refused"]');
  assert.deepEqual(p.faults, []);
});

test("what is wrong with a message is said before it is sent", async () => {
  const { gateway: mock, url } = await gateway();
  const p = await page(url, { path: "#/commands" });
  await connected(p);
  await p.click("#command-send");
  assert.match(await p.textContent("#command-error"), /Which node/);
  await p.fill("#command-node", "5");
  await p.check("#command-hex");
  await p.fill("#command-message", "01 0x");
  await p.fill("#command-message", "01 0g");
  assert.match(await p.textContent("#command-size"), /no hex digit/);
  await p.uncheck("#command-hex");
  await p.fill("#command-message", "ä".repeat(128));
  await p.click("#command-send");
  assert.match(await p.textContent("#command-error"), /255 bytes/);
  assert.equal(mock.commands.length, 0);
});

test("what cannot be undone is sent only when its word was typed", async () => {
  const { gateway: mock, url } = await gateway();
  const p = await page(url, { path: "#/commands" });
  await connected(p);
  await p.check('input[value="clean"]');
  await p.click("#command-send");
  assert.ok(await p.isDisabled("#confirm-dialog [type=submit]"));
  await p.fill("#confirm-word", "cleam");
  assert.ok(await p.isDisabled("#confirm-dialog [type=submit]"));
  await p.keyboard.press("Escape");
  assert.equal(mock.commands.length, 0);
  await p.click("#command-send");
  await p.fill("#confirm-word", "clean");
  await p.keyboard.press("Enter");
  await p.waitForSelector('[data-command="1"][data-state="written"]');
  assert.equal(mock.commands[0].kind, "clean");
});

test("a protected gateway asks for a token, says when it is wrong, and a reload keeps it", async () => {
  const { url } = await gateway({ token: "secret-1", updates: 20 });
  const p = await page(url, { allowed: /401|WebSocket/ });
  await p.waitForSelector("#token-dialog[open]");
  assert.deepEqual(await accessibilityFaults(p), []);
  await p.fill("#token", "wrong");
  await p.keyboard.press("Enter");
  await until(p, () =>
    /not known/.test(document.querySelector("#token-dialog .error").textContent),
  );
  await p.waitForSelector("#token-dialog[open]");
  await p.fill("#token", "secret-1");
  await p.keyboard.press("Enter");
  await connected(p);
  await p.reload();
  await connected(p);
  assert.ok(!(await p.isVisible("#token-dialog")));
  assert.deepEqual(p.faults, []);
});

test("meshes stand side by side, and one can be chosen", async () => {
  const { gateway: mock, url } = await gateway({
    meshes: [
      ["north", 5],
      ["south", 7],
    ],
    updates: 40,
  });
  mock.link("south", "noisy", "mostly bad_escape");
  const p = await page(url);
  await p.waitForSelector('[data-mesh="north"][data-state="up"]');
  await p.waitForSelector('[data-mesh="south"][data-state="noisy"]');
  await p.click('[data-view="nodes"]');
  await until(p, () => document.querySelector("#node-count").textContent === "12 nodes");
  await p.selectOption("#mesh-select", "south");
  await until(p, () => document.querySelector("#node-count").textContent === "7 nodes");
  assert.equal(await p.locator(".verdict").count(), 1);
  assert.deepEqual(p.faults, []);
});

test("meshes of gateways elsewhere have paths for names, and later ones come with their nodes", async () => {
  const { gateway: mock, url } = await gateway({
    meshes: [
      ["north/field", 5],
      ["south/field", 7],
    ],
    updates: 40,
  });
  const p = await page(url, { allowed: /WebSocket/ });
  await p.waitForSelector('[data-mesh="north/field"][data-state="up"]');
  assert.ok(!(await p.isVisible('[data-mesh="north/field"] .columns')));
  mock.link("south/field", "down", "the gateway south is not reached");
  await p.waitForSelector('[data-mesh="south/field"][data-state="down"]');
  await p.evaluate(() => (location.hash = "#/nodes?mesh=north/field&node=north/field/1"));
  await until(p, () => document.querySelector("#node-count").textContent === "5 nodes");
  await p.waitForSelector("#detail .plot"); // its history was asked for, by a path with %2F
  assert.match(await p.textContent("#detail"), /of north\/field/);
  mock.meshes.push(new MockMesh("west/field", 3));
  for (const peer of mock.peers) peer.close();
  await until(p, () => document.documentElement.dataset.nodes === "15");
  await p.selectOption("#mesh-select", "west/field");
  await until(p, () => document.querySelector("#node-count").textContent === "3 nodes");
  await p.evaluate(() => (location.hash = "#/commands?mesh=west/field"));
  await p.fill("#command-node", "1");
  await p.fill("#command-message", "hello");
  await p.click("#command-send");
  await p.waitForSelector('[data-command="1"][data-state="written"]');
  assert.equal(mock.commands[0].mesh, "west/field");
  assert.deepEqual(await accessibilityFaults(p), []);
  assert.deepEqual(p.faults, []);
});

test("a paused stream stands still, tells what arrives, and goes on", async () => {
  const { url } = await gateway({ updates: 100 });
  const p = await page(url, { path: "#/events" });
  await until(p, () => document.querySelectorAll("#event-rows .row").length > 10);
  await p.click("#event-pause");
  const first = () => p.textContent('#event-rows [aria-rowindex="2"]');
  const before = await first();
  await until(
    p,
    () =>
      Number(/(\d+) arrived/.exec(document.querySelector("#event-count").textContent)?.[1]) > 50,
  );
  assert.equal(await first(), before);
  await p.click("#event-pause");
  await until(
    p,
    (text) => document.querySelector('#event-rows [aria-rowindex="2"]').textContent !== text,
    before,
  );
  await p.click('#event-kinds [data-kind="message"]');
  await p.waitForSelector("#event-empty:not([hidden])");
  assert.deepEqual(p.faults, []);
});

test("a gap is shown among the events, and the snapshot after it tells who is there", async () => {
  const { gateway: mock, url } = await gateway({ meshes: [["default", 5]] });
  const p = await page(url, { path: "#/events" });
  await until(p, () => document.documentElement.dataset.nodes === "5");
  mock.meshes[0].nodes.pop();
  const [peer] = mock.peers;
  const gap = { kind: "gap", epoch: mock.epoch, seq: mock.seq, from: 1, to: 49, count: 49 };
  mock.tell(peer, [{ ...gap, time: new Date().toISOString(), reason: "queue full" }]);
  mock.snapshot(peer);
  const row = await p.textContent('#event-rows .row[data-kind="gap"]');
  assert.match(row, /49 events are missing: queue full/);
  await until(p, () => document.documentElement.dataset.nodes === "4");
  assert.deepEqual(p.faults, []);
});

test("a hidden tab goes on consuming, and is drawn when it is seen again", async () => {
  const { url } = await gateway({ updates: 100 });
  const p = await page(url, { path: "#/events" });
  await connected(p);
  const hide = (hidden) =>
    p.evaluate((is) => {
      Object.defineProperty(document, "hidden", { value: is, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
      return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    }, hidden);
  const first = () => p.textContent('#event-rows [aria-rowindex="2"]');
  await p.waitForSelector("#event-rows .row");
  await hide(true);
  const [seq, shown] = [
    await p.evaluate(() => Number(document.documentElement.dataset.lastSeq)),
    await first(),
  ];
  await until(p, (n) => Number(document.documentElement.dataset.lastSeq) > n + 200, seq);
  assert.equal(await first(), shown);
  await hide(false);
  await until(
    p,
    (text) => document.querySelector('#event-rows [aria-rowindex="2"]').textContent !== text,
    shown,
  );
  assert.deepEqual(p.faults, []);
});

test("a mesh without nodes says what to wait for", async () => {
  const { url } = await gateway({ meshes: [["default", 0]] });
  const p = await page(url, { path: "#/nodes" });
  await connected(p);
  await until(p, () =>
    /No node was heard yet/.test(document.querySelector("#node-empty").textContent),
  );
  for (const view of ["overview", "events", "commands", "incidents"])
    await p.click(`[data-view="${view}"]`);
  assert.deepEqual(p.faults, []);
});

for (const colorScheme of ["light", "dark"])
  test(`axe finds no serious fault in any view, ${colorScheme}`, async () => {
    const now = Date.now();
    const incidents = [
      {
        id: 1,
        actor: "uart/default",
        cause: "port lost: hang-up",
        start: new Date(now - 9e5).toISOString(),
        end: null,
        lost: "",
      },
    ];
    const { gateway: mock, url } = await gateway({
      meshes: [
        ["default", 40],
        ["south", 5],
      ],
      updates: 100,
      incidents,
    });
    const p = await page(url, { colorScheme });
    await p.waitForSelector('[data-mesh="default"][data-state="up"]');
    mock.link("south", "down", "port lost: hang-up");
    const found = [];
    for (const path of [
      "#/overview",
      "#/nodes",
      "#/nodes?node=default/3",
      "#/events",
      "#/commands",
      "#/incidents",
    ]) {
      await p.evaluate((hash) => (location.hash = hash), path);
      await p.waitForSelector(`html[data-view="${path.slice(2).split("?")[0]}"]`);
      if (path.includes("node=")) await p.waitForSelector("#detail .plot");
      found.push(...(await accessibilityFaults(p)).map((fault) => `${path} ${fault}`));
    }
    await p.keyboard.press("?");
    await p.waitForSelector("#help-dialog[open]");
    found.push(...(await accessibilityFaults(p)));
    assert.deepEqual(found, []);
    assert.deepEqual(p.faults, []);
  });

test("a phone sees everything without scrolling sideways", async () => {
  const { url } = await gateway({
    meshes: [
      ["a-mesh-with-a-rather-long-name-32", 9],
      ["b", 3],
    ],
    updates: 40,
  });
  const p = await page(url, {
    viewport: { width: 360, height: 740 },
    isMobile: true,
    hasTouch: true,
  });
  await connected(p);
  for (const path of [
    "#/overview",
    "#/nodes",
    "#/nodes?show=plan",
    "#/events",
    "#/commands",
    "#/incidents",
  ]) {
    await p.evaluate((hash) => (location.hash = hash), path);
    await p.waitForSelector(`html[data-view="${path.slice(2).split("?")[0]}"]`);
    const wide = await p.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${path} is ${wide} pixels too wide`);
  }
  assert.deepEqual(p.faults, []);
});
