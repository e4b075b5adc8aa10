import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

const page = fileURLToPath(new URL("../../../app/web/page/", import.meta.url));
const files = readdirSync(page, { recursive: true })
  .map((name) => join(page, name))
  .filter((path) => statSync(path).isFile());
const html = readFileSync(join(page, "index.html"), "utf8");

test("the page is smaller than 210 KB before compression", () => {
  const total = files.reduce((sum, path) => sum + statSync(path).size, 0);
  assert.ok(total < 210_000, `${total} bytes`);
});

test("every module is fetched at once", () => {
  const modules = files.map((path) => relative(page, path)).filter((path) => path.endsWith(".js"));
  for (const path of modules)
    if (!["js/app.js", "js/early.js"].includes(path))
      assert.ok(html.includes(`<link rel="modulepreload" href="${path}">`), path);
});

test("everything that the page names is there", () => {
  for (const [, path] of html.matchAll(/(?:href|src)="(?!#)([^"]+)"/g))
    assert.ok(files.includes(join(page, path)), path);
});

test("nothing is inline, and nothing is of another origin", () => {
  assert.ok(!/<style|\sstyle=|\son[a-z]+=|javascript:/i.test(html));
  assert.ok(!/<script(?![^>]*\ssrc=)/.test(html));
  for (const path of files) {
    const text = readFileSync(path, "utf8").replaceAll("http://www.w3.org/", "");
    assert.ok(!/https?:\/\/|@import|innerHTML|\beval\(/.test(text), path);
  }
});

test("the model knows neither DOM nor timers nor storage", () => {
  const models = files.filter((path) => path.includes("/js/model/"));
  assert.ok(models.length > 10);
  for (const path of models)
    assert.ok(
      !/\b(document|window|setTimeout|sessionStorage|fetch)\b/.test(readFileSync(path, "utf8")),
      path,
    );
});
