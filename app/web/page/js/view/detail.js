import { age, count, hexAddress, moment, preciseClock } from "../model/format.js";
import { messageText } from "../model/event_log.js";
import { readingOf } from "../model/node.js";
import { Series } from "../model/series.js";
import { byId, glyph, h, keyed, setGlyph, setHidden, setText } from "./dom.js";
import { facts } from "./panel.js";
import { Past } from "./past.js";
import { TypeBox } from "./type_box.js";

const covers = matchMedia("(max-width: 480px)"); // then the node lies over the whole page
const refreshEvery = 5000; // ms between two looks at the counters of the API

/** One node: its readings over time, their bytes, its counters and messages. */
export class Detail {
  constructor(context) {
    this.context = context;
    this.element = byId("detail");
    this.key = null;
    this.series = new Map();
    this.past = new Past(context, () => this.node && this.showPast(this.node));
    this.build();
    context.store.onReading = (node, reading) => {
      if (node.key === this.key) this.seriesOf(reading.type).merge([reading]);
    };
  }

  build() {
    this.glyph = glyph("active");
    this.title = h("h2", { id: "detail-title", tabindex: -1 });
    this.subtitle = h("p", { class: "note" });
    this.close = h("button", {
      type: "button",
      id: "detail-close",
      class: "quiet",
      "aria-label": "Close",
      text: "✕",
      onclick: () => this.context.go({ node: null }),
    });
    this.send = h("button", {
      type: "button",
      id: "detail-send",
      text: "Send to this node",
      onclick: () => this.context.compose(this.node),
    });
    this.missing = h("p", { class: "empty", text: "This node is not known (any more)." });
    this.facts = h("dl", { class: "facts" });
    this.readings = h("div", { id: "detail-readings" });
    this.messages = h("ol", { class: "happened", id: "detail-messages" });
    this.noMessages = h("p", { class: "empty", text: "None since the page was opened." });
    this.body = h(
      "div",
      {},
      this.facts,
      h("h3", { text: "Readings" }),
      this.past.chips,
      this.past.note,
      this.readings,
      h("h3", { text: "Messages" }),
      this.messages,
      this.noMessages,
    );
    this.element.append(
      h("header", {}, this.glyph, h("div", {}, this.title, this.subtitle), this.send, this.close),
      this.missing,
      this.body,
    );
  }

  show(route) {
    setHidden(this.element, !route.node);
    byId("main").inert = covers.matches && !!route.node;
    if (route.node === this.key) return;
    this.key = route.node;
    this.series = new Map();
    this.asked = new Set();
    this.past.forget();
    this.refreshedAt = 0;
    keyed(this.readings, [], (x) => x);
    keyed(this.messages, [], (x) => x);
    if (!this.key) return;
    this.element.scrollTop = 0;
    this.tick(Date.now());
    if (covers.matches) this.title.focus();
  }

  get node() {
    return this.context.store.nodes.get(this.key);
  }

  seriesOf(type) {
    let series = this.series.get(type);
    if (!series) this.series.set(type, (series = new Series(type)));
    return series;
  }

  render(changes) {
    if (!this.key) return;
    if (changes.all || changes.structure || changes.nodes.has(this.node)) this.tick(Date.now());
  }

  tick(now) {
    if (!this.key) return;
    const { node } = this;
    setHidden(this.body, !node);
    setHidden(this.missing, !!node);
    setHidden(this.send, !node);
    if (!node) {
      setText(this.title, this.key);
      setText(this.subtitle, "");
      return;
    }
    this.showHead(node);
    this.askForHistory(node);
    this.showPast(node);
    this.showMessages(node);
    if (now - this.refreshedAt >= refreshEvery) this.refresh(node, now);
  }

  showHead(node) {
    const now = this.context.api.now();
    const mesh = this.context.store.meshes.size > 1 ? ` of ${node.mesh}` : "";
    setGlyph(this.glyph, node.status);
    setText(this.title, node.name || `Node ${node.address}`);
    setText(
      this.subtitle,
      `${node.name ? `node ${node.address}, ` : ""}${hexAddress(node.address)}${mesh}`,
    );
    const { counters } = node;
    facts(this.facts, [
      ["Status", node.status],
      ["Heard", node.heard ? `${age(now - node.lastHeard)} ago` : "not yet, named by the root"],
      ["First heard", moment(node.firstHeard, now)],
      ["UUID", node.uuid || "not told"],
      ["Frames", count(counters.frames)],
      ["Readings", count(counters.readings)],
      ["Messages", count(counters.messages)],
      ["Requests", count(counters.requests)],
      ["Malformed", count(counters.malformed)],
    ]);
  }

  /** Each type once; what events bring meanwhile is merged, and nothing is in a plot twice. */
  askForHistory(node) {
    for (const type of node.types) {
      if (this.asked.has(type)) continue;
      this.asked.add(type);
      const { key } = this;
      this.context.api.history(node, type).then(
        ({ readings, complete }) => {
          if (this.key !== key) return;
          if (this.past.isLatest) this.past.told(complete !== false);
          const series = this.seriesOf(type);
          series.merge(readings.map((said) => readingOf({ ...said, type })));
          node.retrace(series.readings);
          this.context.repaint();
          this.context.wake();
          this.showReadings(node);
        },
        () => this.asked.delete(type),
      );
    }
  }

  /** Counters that no event tells, such as frames. */
  refresh(node, now) {
    this.refreshedAt = now;
    this.context.api.node(node).then(
      (said) => {
        Object.assign(node.counters, said.counters);
        if (this.key === node.key) this.showHead(node);
      },
      () => {},
    );
  }

  showPast(node) {
    this.past.ask(node, Date.now());
    this.showReadings(node);
  }

  /** What a plot is made of; nothing while it is on its way. */
  sourceOf(type) {
    return this.past.isLatest ? this.seriesOf(type) : this.past.sourceOf(type);
  }

  showReadings(node) {
    const now = this.context.api.now();
    const { decimals } = this.context.store.mesh(node.mesh);
    keyed(
      this.readings,
      node.types,
      (type) => type,
      (type) => new TypeBox(type).element,
      (element, type) => {
        element.box.show(node.latest.get(type), this.sourceOf(type), now, decimals.get(type));
      },
    );
  }

  showMessages(node) {
    setHidden(this.noMessages, node.messages.length > 0);
    keyed(
      this.messages,
      node.messages,
      (message) => message.order,
      (message) =>
        h(
          "li",
          { "data-kind": message.kind },
          h("time", { text: preciseClock(message.time) }),
          h("span", { class: "who", text: message.kind === "request" ? "asks" : "says" }),
          h("span", { text: messageText(message) }),
        ),
    );
  }
}
