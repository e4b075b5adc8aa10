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
const phone = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  deviceScaleFactor: 2,
};
const pictures = [
  ["overview-light", "#/overview", { colorScheme: "light" }],
  ["nodes-light", "#/nodes?node=orchard/5", { colorScheme: "light" }],
  ["nodes-dark", "#/nodes?node=orchard/5", { colorScheme: "dark" }],
  ["incidents-dark", "#/incidents", { colorScheme: "dark" }],
  ["phone-overview", "#/overview", { colorScheme: "light", ...phone }],
  ["phone-nodes", "#/nodes", { colorScheme: "dark", ...phone }],
];

let bench;
beforeEach(() => (bench = new Bench()));
afterEach(() => bench.stop());

test("the page, light, dark and on a phone", { skip: !process.env.SCREENSHOTS }, async () => {
  mkdirSync(images, { recursive: true });
  const config = join(bench.folder, "xylem.toml");
  writeFileSync(config, types);
  const args = ["--nodes", "24", "--rate", "60", "--message-rate", "0.4"];
  const sim = await bench.simulator(args);
  const { url } = await bench.gateway(["--config", config, "--serial", sim.link]);
  const watching = await openPage(url); // So that the time line has seen the cable.
  await watching.waitForSelector('[data-mesh][data-state="up"]');
  await bench.end(sim, "SIGKILL");
  await watching.waitForSelector('[data-mesh][data-state="down"]');
  await bench.simulator(args, sim.link);
  await watching.waitForSelector('[data-mesh][data-state="up"]');
  await until(watching, () => Number(document.documentElement.dataset.lastSeq) > 2500);
  await watching.context().close();
  for (const [name, path, options] of pictures) {
    const page = await openPage(url, { path, viewport: { width: 1366, height: 768 }, ...options });
    await until(page, () => document.documentElement.dataset.nodes === "24");
    if (path.includes("node=")) await page.waitForSelector('[data-type="TMP"] .plot');
    const rows = path.includes("/nodes") ? "#node-rows .row" : ".readout .value";
    await until(page, (selector) => document.querySelectorAll(selector).length > 3, rows);
    const from = await page.evaluate(() => Number(document.documentElement.dataset.lastSeq));
    await until(page, (seq) => Number(document.documentElement.dataset.lastSeq) > seq + 600, from);
    await page.screenshot({ path: join(images, `${name}.png`) });
    await page.context().close();
  }
});
