import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after } from "node:test";
import { chromium } from "playwright-core";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
export const deadline = 30_000; // ms for anything that is waited for: a stalled machine is no fault

let browser;
after(() => browser?.close());

async function start() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  browser ??= await chromium.launch({ executablePath, args: flags });
  return browser;
}

/**
 * A page that notes what a page must not do: `faults` are errors on the console, exceptions, and
 * requests that leave the origin. `allowed` is a pattern of console errors that belong to the test.
 */
export async function openPage(url, { path = "", allowed = null, ...options } = {}) {
  const context = await (
    await start()
  ).newContext({ viewport: { width: 1366, height: 768 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(deadline);
  page.faults = [];
  const note = (text) => allowed?.test(text) || page.faults.push(text);
  page.on("pageerror", (error) => note(`exception: ${error.stack}`));
  page.on(
    "console",
    (message) =>
      ["error", "warning"].includes(message.type()) && note(`console: ${message.text()}`),
  );
  page.on("request", (request) => {
    if (
      !/^(data|blob):/.test(request.url()) &&
      new URL(request.url()).origin !== new URL(url).origin
    )
      note(`request: ${request.url()}`);
  });
  page.on("websocket", (socket) => {
    if (new URL(socket.url()).host !== new URL(url).host) note(`websocket: ${socket.url()}`);
  });
  await page.goto(url + path);
  return page;
}

/** Waits for the attribute of the connection. */
export const connected = (page, state = "live") =>
  page.waitForSelector(`#connection[data-state="${state}"]`);

/** Waits until `predicate(argument)`, which runs in the page, is true. The page's policy forbids waitForFunction. */
export async function until(page, predicate, argument, { within = deadline } = {}) {
  const end = Date.now() + within;
  for (;;) {
    const value = await page.evaluate(predicate, argument);
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${within} ms: ${predicate}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/**
 * Serious and critical faults that axe finds, as text. A page that says it is hidden draws nothing:
 * so no element goes while axe looks at it, which would then be judged without what is behind it.
 */
export async function accessibilityFaults(page) {
  await page.evaluate(await readFile(axe, "utf8"));
  const { violations } = await page.evaluate(async () => {
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
    try {
      return await window.axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
      });
    } finally {
      delete document.hidden;
      document.dispatchEvent(new Event("visibilitychange"));
    }
  });
  return violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
    );
}
