import { bytes, count, duration, moment } from "../model/format.js";
import { rejectWords, verdict } from "../model/health.js";
import { eventText } from "../model/event_log.js";
import { byId, glyph, h, keyed, setAttribute, setGlyph, setHidden, setText } from "./dom.js";
import { readouts } from "./readouts.js";
import { StripChart } from "./strip_chart.js";

const quiet = new Set(["reading", "root_log", "command"]);
const recent = 9;

/** Meshes side by side, and the gateway itself. */
export class Overview {
  constructor(context) {
    this.context = context;
    this.gateway = h("dl", { class: "facts" });
    this.actors = h("ul", { class: "actors" });
    this.happened = h("ol", { class: "happened" });
    this.nothing = h("p", { class: "empty", text: "Nothing but readings so far." });
    byId("sides").append(
      panel("What happened", this.happened, this.nothing),
      panel("Gateway", this.gateway, this.actors),
    );
  }

  render(changes) {
    if (changes.log || changes.all) this.showHappened();
    if (changes.meshes || changes.structure || changes.all) this.tick();
  }

  tick() {
    const { context } = this;
    keyed(
      byId("meshes"),
      context.meshes(),
      (mesh) => mesh.name,
      (mesh) => new MeshCard(mesh, context).element,
      (element, mesh) => element.card.show(mesh),
    );
    this.showGateway();
  }

  showGateway() {
    const { status } = this.context.store;
    if (!status) return;
    facts(this.gateway, [
      ["State", status.state === "ok" ? "Runs" : "Degraded"],
      ["Version", status.version],
      ["Uptime", duration(status.uptime_seconds * 1000)],
      ["Events", count(status.events?.seq)],
      ["Incidents", count(status.incidents?.total)],
      ["Parts", partsText(status.actors ?? [])],
    ]);
    keyed(
      this.actors,
      partsShown(status.actors ?? []),
      (actor) => actor.name,
      (actor) =>
        h(
          "li",
          {},
          glyph("unknown"),
          h("span", { text: actor.name }),
          h("span", { class: "note" }),
        ),
      (item, actor) => {
        setGlyph(
          item.children[0],
          { running: "up", waiting: "silent", parked: "down" }[actor.state] ?? "unknown",
        );
        const restarts = actor.restarts ? `, restarted ${count(actor.restarts)}×` : "";
        setText(item.children[2], `${actor.waits_for || actor.state}${restarts}`);
      },
    );
  }

  showHappened() {
    const { store, route, api } = this.context;
    const wanted = (event) =>
      !quiet.has(event.kind) && (!route.mesh || !event.mesh || event.mesh === route.mesh);
    const events = store.log.select(wanted, Infinity, recent);
    setHidden(this.nothing, events.length > 0);
    keyed(
      this.happened,
      events,
      (event) => event.order,
      (event) =>
        h(
          "li",
          { "data-kind": event.kind, "data-state": event.state },
          h("time", { text: moment(event.time, api.now()) }),
          h("span", { class: "who", text: event.node ? `node ${event.node}` : (event.mesh ?? "") }),
          h("span", { text: eventText(event) }),
        ),
    );
  }
}

const mostParts = 8;
const isWell = ({ state, restarts }) => state === "running" && !restarts;

/** With many meshes only those parts that need a look. */
const partsShown = (actors) =>
  actors.length > mostParts ? actors.filter((a) => !isWell(a)) : actors;

function partsText(actors) {
  const running = actors.filter((actor) => actor.state === "running").length;
  return running === actors.length ? `all ${running} run` : `${running} of ${actors.length} run`;
}

export function panel(title, ...children) {
  return h("section", { class: "panel" }, h("h2", { text: title }), ...children);
}

export function facts(list, entries) {
  keyed(
    list,
    entries,
    ([label]) => label,
    ([label]) => h("div", {}, h("dt", { text: label }), h("dd")),
    (box, [, value]) => setText(box.lastChild, value),
  );
}

/** A mesh: its link, its rates over time, what was rejected, its nodes and commands. */
class MeshCard {
  constructor(mesh, context) {
    this.context = context;
    this.glyph = glyph("unknown");
    this.state = h("strong", { class: "state" });
    this.reason = h("p", { class: "reason" });
    this.figures = h("dl", { class: "figures" });
    this.chart = new StripChart();
    this.nodes = h("div", { class: "shares" });
    this.bar = h("div", { class: "bar", "aria-hidden": "true" });
    this.rejects = h("dl", { class: "facts" });
    this.commands = h("dl", { class: "facts" });
    this.port = h("dl", { class: "facts" });
    this.element = h(
      "article",
      { class: "panel mesh", "data-mesh": mesh.name },
      h("header", {}, this.glyph, h("div", {}, h("h2", { text: mesh.name }), this.state)),
      this.reason,
      this.figures,
      this.chart.element,
      this.bar,
      this.nodes,
      h(
        "div",
        { class: "columns" },
        h("div", {}, h("h3", { text: "Rejected frames" }), this.rejects),
        h("div", {}, h("h3", { text: "Commands" }), this.commands),
        h("div", {}, h("h3", { text: "Port and clients" }), this.port),
      ),
    );
    this.element.card = this;
  }

  show(mesh) {
    const { store, api } = this.context;
    const said = verdict(mesh, store.incidents, api.now());
    setAttribute(this.element, "data-state", said.state);
    setGlyph(this.glyph, said.state);
    setText(this.state, `${said.word}${said.span}`);
    setText(this.reason, said.reason || "no report yet");
    readouts(this.figures, this.context, mesh, false);
    this.chart.show(mesh.samples, Date.now());
    this.showNodes(store.counts(mesh.name), mesh.name);
    const rejects = mesh.rejects().filter((reject) => reject.count > 0);
    facts(
      this.rejects,
      rejects.length
        ? rejects.map((r) => [
            rejectWords[r.reason] ?? r.reason,
            `${count(r.count)} (${bytes(r.bytes)})`,
          ])
        : [["None", "so far"]],
    );
    this.showFacts(mesh.status ?? {});
  }

  showNodes(counts, name) {
    const states = ["active", "idle", "disconnected"];
    keyed(
      this.bar,
      states,
      (s) => s,
      (s) => h("span", { "data-state": s }),
      (part, s) => {
        part.style.flexGrow = counts[s];
        setHidden(part, !counts[s]);
      },
    );
    keyed(
      this.nodes,
      states,
      (s) => s,
      (s) => h("a", {}, glyph(s), h("b"), h("span", { text: s })),
      (link, s) => {
        setAttribute(
          link,
          "href",
          this.context.link({
            view: "nodes",
            mesh: this.context.store.meshes.size > 1 ? name : null,
          }),
        );
        setText(link.children[1], count(counts[s]));
      },
    );
  }

  showFacts({ uart, commands, clients, link }) {
    facts(this.commands, [
      ["Waiting", count(commands?.waiting)],
      ["Written", count(commands?.written)],
      ["Expired", count(commands?.expired)],
    ]);
    facts(this.port, [
      ["Device", link?.port || "not open"],
      ["Read", bytes(uart?.bytes_read)],
      ["Written", bytes(uart?.bytes_written)],
      ["Clients", clients ? `${count(clients.connected)} at ${clients.address}` : "–"],
    ]);
  }
}
