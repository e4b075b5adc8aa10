import { age, count, duration, moment } from "../model/format.js";
import { eventText } from "../model/event_log.js";
import { byId, glyph, h, keyed, setGlyph, setHidden, setText } from "./dom.js";
import { MeshCard } from "./mesh_card.js";
import { facts, panel } from "./panel.js";

const recent = 9;

/** Meshes side by side, and the gateway itself. */
export class Overview {
  constructor(context) {
    this.context = context;
    this.gateway = h("dl", { class: "facts" });
    this.actors = h("ul", { class: "actors" });
    this.happened = h("ol", { class: "happened" });
    this.nothing = h("p", { class: "empty", text: "Nothing since the page was opened." });
    this.worries = h("ul", { class: "worries" });
    this.noWorries = h("p", { class: "empty" });
    byId("left").append(panel("What happened", this.happened, this.nothing));
    byId("sides").append(
      panel("Nodes to look at", this.worries, this.noWorries),
      panel("Gateway", this.gateway, this.actors),
    );
  }

  render(changes) {
    if (changes.incidents || changes.all) this.showHappened();
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
    this.showWorries();
    this.showGateway();
  }

  /** Nodes that are not active, those that were heard last first: they went just now. */
  showWorries() {
    const { store, api, route } = this.context;
    const here = [...store.nodes.values()].filter((n) => !route.mesh || n.mesh === route.mesh);
    const silent = here.filter((node) => node.status !== "active");
    silent.sort((a, b) => (b.lastHeard || 0) - (a.lastHeard || 0));
    setHidden(this.noWorries, silent.length > 0);
    setText(this.noWorries, here.length ? "None: all nodes are active." : "No node was heard yet.");
    keyed(
      this.worries,
      silent.slice(0, mostWorries),
      (node) => node.key,
      (node) => makeWorry(node, this.context.link({ view: "nodes", node: node.key })),
      (item, node) => {
        setGlyph(item.firstChild.children[0], node.status);
        setText(item.firstChild.children[1], nameOf(node, store.meshes.size > 1));
        const heard = `heard ${age(api.now() - node.lastHeard)} ago`;
        setText(item.lastChild, `${node.status}, ${node.heard ? heard : "never heard"}`);
      },
    );
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
      ...(status.recorder ? [["Record", status.recorder.state]] : []),
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
    const here = store.marks.filter(({ mesh }) => !route.mesh || !mesh || mesh === route.mesh);
    const latest = here.slice(-recent).reverse();
    setHidden(this.nothing, latest.length > 0);
    keyed(
      this.happened,
      latest,
      (mark) => mark,
      (mark) =>
        h(
          "li",
          { "data-kind": mark.kind, "data-state": mark.state },
          h("time", { text: moment(mark.time, api.now()) }),
          h("span", { class: "who", text: store.meshes.size > 1 ? (mark.mesh ?? "") : "" }),
          h("span", { text: happenedText(mark) }),
        ),
    );
  }
}

function happenedText(mark) {
  return mark.kind === "root_restarted" ? "the root restarted" : eventText(mark);
}

const mostWorries = 7;

function makeWorry(node, link) {
  const text = h("a", { href: link }, glyph(node.status), h("span"));
  return h("li", {}, text, h("span", { class: "note figure" }));
}

function nameOf({ name, address, mesh }, several) {
  return `${name || `Node ${address}`}${several ? ` of ${mesh}` : ""}`;
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
