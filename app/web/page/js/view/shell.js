import { duration, moment } from "../model/format.js";
import { recordFault, verdict, worstLink } from "../model/health.js";
import { byId, h, keyed, setAttribute, setGlyph, setHidden, setText, glyph } from "./dom.js";
import { keepForGood } from "../storage.js";
import { readouts } from "./readouts.js";

const themes = { auto: "◐", light: "☀", dark: "☾" };
const themeWords = { auto: "as the system", light: "light", dark: "dark" };
const mostVerdicts = 3;

/** What surrounds every view: navigation, the connection of the page, one line for each link. */
export class Shell {
  constructor(context) {
    this.context = context;
    this.announced = new Map();
    byId("skip").addEventListener("click", () => byId("main").focus());
    byId("mesh-select").addEventListener("change", ({ target }) =>
      context.go({ mesh: target.value || null, node: null }),
    );
    byId("theme").addEventListener("click", () => this.nextTheme());
    this.showTheme();
  }

  showTheme() {
    const theme = document.documentElement.dataset.theme ?? "auto";
    const button = byId("theme");
    setText(button, themes[theme]);
    setAttribute(button, "aria-label", `Theme: ${themeWords[theme]}`);
    setAttribute(button, "title", `Theme: ${themeWords[theme]}`);
  }

  nextTheme() {
    const root = document.documentElement;
    const names = Object.keys(themes);
    const next = names[(names.indexOf(root.dataset.theme ?? "auto") + 1) % names.length];
    if (next === "auto") delete root.dataset.theme;
    else root.dataset.theme = next;
    keepForGood("theme", next === "auto" ? null : next);
    this.showTheme();
    dispatchEvent(new Event("themechange"));
  }

  showRoute(route) {
    for (const link of byId("nav").children) {
      setAttribute(link, "aria-current", link.dataset.view === route.view ? "page" : null);
      link.href = this.context.link({ view: link.dataset.view });
    }
    setAttribute(document.documentElement, "data-view", route.view);
    this.showMeshes();
    this.tick();
  }

  showMeshes() {
    const { store, route } = this.context;
    const select = byId("mesh-select");
    const names = [...store.meshes.keys()];
    setHidden(select, names.length < 2);
    keyed(
      select,
      [null, ...names],
      (name) => name ?? "",
      (name) => h("option", { value: name ?? "", text: name ?? "All meshes" }),
    );
    select.value = route.mesh ?? "";
  }

  tick() {
    this.showConnection();
    this.showRecord();
    this.showVerdicts();
  }

  /** A record that cannot be written is a fault that nobody sees otherwise. */
  showRecord() {
    const text = recordFault(this.context.store.status?.recorder);
    const notice = byId("record-notice");
    setHidden(notice, !text);
    setText(notice, text);
    this.announce("record", text || "The record is written");
  }

  showConnection() {
    const { connection, store } = this.context;
    const { state, since } = connection;
    const text = {
      connecting: "Connecting",
      live: "Live",
      reconnecting: `Reconnecting, ${duration(Date.now() - since)}`,
      token: "Token needed",
    }[state];
    const box = byId("connection");
    setAttribute(box, "data-state", state);
    setGlyph(box.firstElementChild, state);
    setText(byId("connection-text"), text);
    const lost = state === "reconnecting";
    setAttribute(document.documentElement, "data-stale", lost && store.hello ? "" : null);
    const notice = byId("notice");
    setHidden(notice, !lost);
    if (lost)
      setText(
        notice,
        store.hello
          ? `The gateway cannot be reached since ${moment(since, Date.now())}. What is shown is from then; the page goes on by itself.`
          : "The gateway cannot be reached. The page tries again by itself.",
      );
    this.announce(
      "connection",
      lost ? "Connection to the gateway lost" : state === "live" ? "Live" : "",
    );
  }

  showVerdicts() {
    const { store, api } = this.context;
    const meshes = this.context.meshes();
    const shown = [...meshes].sort((a, b) => this.rank(b) - this.rank(a)).slice(0, mostVerdicts);
    keyed(
      byId("verdicts"),
      shown,
      (mesh) => mesh.name,
      makeVerdict,
      (row, mesh) => {
        const said = verdict(mesh, store.incidents, api.now());
        setAttribute(row, "data-state", said.state);
        setGlyph(row.parts.glyph, said.state);
        setText(row.parts.mesh, mesh.name);
        setHidden(row.parts.mesh, store.meshes.size < 2);
        setText(row.parts.state, `${said.word}${said.span}`);
        setText(row.parts.reason, said.reason);
        readouts(row.parts.figures, this.context, mesh, true);
        this.announce(
          `link ${mesh.name}`,
          said.state === "unknown" ? "" : `Link ${mesh.name}: ${said.word}. ${said.reason}`,
        );
      },
    );
    const state = worstLink(store.meshes.values());
    const word = { up: "", unknown: "", silent: "◌ ", noisy: "≈ ", down: "✕ " }[state];
    document.title = `${word}Xylem${word ? ` – link ${state}` : ""}`;
  }

  rank({ link }) {
    return ["up", "unknown", "silent", "noisy", "down"].indexOf(link.state);
  }

  /** For screen readers: changes only, and not what the page began with. */
  announce(what, text) {
    if (!text || this.announced.get(what) === text) return;
    const first = !this.announced.has(what);
    this.announced.set(what, text);
    if (!first) setText(byId("announce"), text);
  }
}

function makeVerdict() {
  const parts = {
    glyph: glyph("unknown"),
    mesh: h("strong", { class: "verdict-mesh" }),
    state: h("strong", { class: "verdict-state" }),
    reason: h("span", { class: "verdict-reason" }),
    figures: h("dl", { class: "figures" }),
  };
  const row = h(
    "div",
    { class: "verdict" },
    h("p", {}, parts.glyph, parts.mesh, parts.state, parts.reason),
    parts.figures,
  );
  row.parts = parts;
  return row;
}
