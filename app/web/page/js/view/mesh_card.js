import { bytes, count } from "../model/format.js";
import { rejectWords, verdict } from "../model/health.js";
import { glyph, h, keyed, setAttribute, setGlyph, setHidden, setText } from "./dom.js";
import { facts } from "./panel.js";
import { readouts } from "./readouts.js";
import { StripChart } from "./strip_chart.js";

/** A mesh: its link, its rates over time, what was rejected, its nodes and commands. */
export class MeshCard {
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
    this.line = h(
      "div",
      { class: "columns" },
      h("div", {}, h("h3", { text: "Rejected frames" }), this.rejects),
      h("div", {}, h("h3", { text: "Commands" }), this.commands),
      h("div", {}, h("h3", { text: "Port and clients" }), this.port),
    );
    for (const part of [this.chart.element, this.line]) setHidden(part, mesh.isFollowed);
    this.element = h(
      "article",
      { class: "panel mesh", "data-mesh": mesh.name },
      h("header", {}, this.glyph, h("div", {}, h("h2", { text: mesh.name }), this.state)),
      this.reason,
      this.figures,
      this.chart.element,
      this.bar,
      this.nodes,
      this.line,
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
