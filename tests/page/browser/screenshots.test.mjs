// Pictures for the documents: SCREENSHOTS=1.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, test } from "node:test";
import { openPage, until } from "../support/browser.mjs";
import { Bench } from "../support/xylem.mjs";

const images = fileURLToPath(new URL("../../../app/web/images/", import.meta.url));
const types = `
[[mesh]]
name = "orchard"
[[mesh.data_type]]
name = "TMP"
fields = [{name = "celsius", type = "i16", scale = 0.01}]
[[mesh.data_type]]
name = "BAT"
fields = [{name = "percent", type = "u8"}]
`;
const events = 8000; // until the charts have something to show
const patience = { within: 90_000 };
const phone = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  deviceScaleFactor: 2,
};
const pictures = [
  ["overview-light", "#/overview", "light"],
  ["nodes-light", "#/nodes?node=orchard/5", "light"],
  ["nodes-dark", "#/nodes?node=orchard/5", "dark"],
  ["events-dark", "#/events", "dark"],
  ["phone-overview", "#/overview", "light", phone],
  ["phone-nodes", "#/nodes", "dark", phone],
];

let bench;
beforeEach(() => (bench = new Bench()));
afterEach(() => bench.stop());

const seq = (page) => until(page, () => Number(document.documentElement.dataset.lastSeq));
const reach = (page, n) =>
  until(page, (to) => Number(document.documentElement.dataset.lastSeq) > to, n, patience);

/** A gateway whose cable was pulled and plugged in again. */
async function orchard() {
  const config = join(bench.folder, "xylem.toml");
  writeFileSync(config, types);
  const args = ["--nodes", "24", "--rate", "60", "--message-rate", "0.4"];
  const sim = await bench.simulator(args);
  const { url } = await bench.gateway(["--config", config, "--serial", sim.link]);
  const page = await openPage(url, { viewport: { width: 1366, height: 768 } });
  await page.waitForSelector('[data-mesh][data-state="up"]');
  await reach(page, 300);
  await bench.end(sim, "SIGKILL");
  await page.waitForSelector('[data-mesh][data-state="down"]');
  await bench.simulator(args, sim.link);
  await page.waitForSelector('[data-mesh][data-state="up"]');
  await reach(page, events);
  return { url, page };
}

test("the page, light, dark and on a phone", { skip: !process.env.SCREENSHOTS }, async () => {
  mkdirSync(images, { recursive: true });
  const { url, page: desk } = await orchard();
  for (const [name, path, colorScheme, options] of pictures) {
    const page = options ? await openPage(url, { path, ...options }) : desk;
    await page.emulateMedia({ colorScheme });
    await page.evaluate((hash) => (location.hash = hash), path);
    await until(page, () => document.documentElement.dataset.nodes === "24");
    if (path.includes("node=")) await page.waitForSelector('[data-type="TMP"] .plot');
    await reach(page, (await seq(page)) + (options ? 2500 : 300));
    await page.screenshot({ path: join(images, `${name}.png`) });
  }
});
