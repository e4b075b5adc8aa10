// Ten thousand nodes that talk: how long the page makes anybody wait.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { MockGateway } from "../mock/gateway.mjs";
import { deadline, openPage, until } from "../support/browser.mjs";

const nodes = 10_000;
const updates = 500; // a second, each with four readings
const measured = 5000; // ms

const mock = new MockGateway({ meshes: [["default", nodes]], updates });
let page;
after(() => mock.close());

/** Gaps between animation frames while `steps` run in the page. */
async function frameGaps() {
  await page.evaluate((ms) => {
    const gaps = [];
    const end = performance.now() + ms;
    let before = performance.now();
    window.frameGaps = new Promise((resolve) => {
      const frame = (now) => {
        gaps.push(now - before);
        before = now;
        if (now < end) requestAnimationFrame(frame);
        else resolve(gaps.slice(1).sort((a, b) => a - b));
      };
      requestAnimationFrame(frame);
    });
  }, measured);
  return page.evaluate(() => window.frameGaps);
}

const told = (gaps) => {
  const at = (share) => gaps[Math.min(Math.floor(gaps.length * share), gaps.length - 1)].toFixed(0);
  return `${gaps.length} frames, gap p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`;
};

test("ten thousand nodes with 2,000 readings a second neither stop the page nor fill it", async (t) => {
  const url = await mock.listen();
  const began = performance.now();
  page = await openPage(url, { path: "#/nodes?show=table" });
  await until(page, (n) => Number(document.documentElement.dataset.nodes) === n, nodes);
  t.diagnostic(`loaded after ${(performance.now() - began).toFixed(0)} ms`);
  for (const show of ["table", "plan", "both"]) {
    await page.evaluate((s) => (location.hash = `#/nodes?show=${s}`), show);
    const gaps = await frameGaps();
    t.diagnostic(`${show}: ${told(gaps)}`);
    assert.ok(gaps.at(-1) < deadline, `${show}: ${told(gaps)}`);
  }
  const rows = await page.locator("#node-rows .row").count();
  assert.ok(rows < 80, `${rows} rows exist`);
  t.diagnostic(
    `${rows} rows exist, heap ${await page.evaluate(() => Math.round(performance.memory.usedJSHeapSize / 2 ** 20))} MiB`,
  );
});

test("scrolling through ten thousand nodes and typing into the filter stay fluent", async (t) => {
  await page.evaluate(() => {
    location.hash = "#/nodes?show=table";
    const table = document.querySelector("#node-table");
    const step = () => {
      table.scrollTop = (table.scrollTop + 700) % table.scrollHeight;
      requestAnimationFrame(step);
    };
    step();
  });
  const gaps = await frameGaps();
  t.diagnostic(`scrolling: ${told(gaps)}`);
  assert.ok(gaps.at(-1) < deadline, told(gaps));
  const typing = frameGaps();
  for (const key of "probe-99") await page.type("#node-filter", key, { delay: 150 });
  t.diagnostic(`filtering: ${told(await typing)}`);
  await until(page, () =>
    /^[\d,]+ of 10,000 nodes$/.test(document.querySelector("#node-count").textContent),
  );
  assert.deepEqual(page.faults, []);
});
