import { clock, duration, moment } from "../model/format.js";
import { concernsMesh } from "../model/health.js";
import { lanes, spans, ticks } from "../model/timeline.js";
import { byId, h, keyed, setAttribute, setHidden, setText } from "./dom.js";

/** What went wrong and when: a time line, and a list. */
export class Incidents {
  constructor(context) {
    this.context = context;
    this.span = spans[1];
    for (const span of spans)
      byId("spans").append(
        h("button", {
          type: "button",
          text: span.label,
          "data-span": span.id,
          "aria-pressed": span === this.span,
          onclick: () => this.choose(span),
        }),
      );
    this.axis = h("div", { class: "axis" });
    this.lanes = h("div", { class: "lanes" });
    byId("timeline").append(this.lanes, this.axis);
  }

  choose(span) {
    this.span = span;
    for (const chip of byId("spans").children)
      setAttribute(chip, "aria-pressed", chip.dataset.span === span.id);
    this.draw();
  }

  show() {
    this.draw();
  }

  render(changes) {
    if (changes.incidents || changes.meshes || changes.all) this.draw();
  }

  tick() {
    this.draw();
  }

  draw() {
    const { store, route, api } = this.context;
    const now = api.now();
    const incidents = store.incidents.filter(
      (i) => !route.mesh || concernsMesh(i.actor, route.mesh),
    );
    this.drawLine(incidents, now);
    setHidden(byId("incident-empty"), incidents.length > 0);
    setHidden(byId("incident-scroll"), incidents.length === 0);
    keyed(
      byId("incident-rows"),
      incidents,
      (i) => `${i.id} ${i.start}`,
      makeRow,
      (row, incident) => {
        const [id, began, took, part, cause, lost] = row.children;
        setAttribute(row, "data-open", incident.end === null ? "" : null);
        setText(id, incident.id);
        setText(began, moment(incident.start, now));
        setText(
          took,
          incident.end === null
            ? `${duration(now - incident.start)}, goes on`
            : duration(incident.end - incident.start),
        );
        setText(part, incident.actor);
        setText(cause, incident.cause);
        setText(lost, incident.lost || "nothing");
      },
    );
  }

  drawLine(incidents, now) {
    const from = now - this.span.ms;
    const drawn = lanes({
      meshes: this.context.meshes(),
      incidents,
      marks: this.context.store.marks,
      from,
      to: now,
    });
    keyed(
      this.lanes,
      drawn,
      (lane) => lane.label,
      makeLane,
      (element, lane) => {
        keyed(
          element.lastChild,
          lane.bars,
          (bar) => `${bar.at} ${bar.kind}`,
          (bar) => h("span", { "data-kind": bar.kind }),
          (part, bar) => {
            part.style.left = `${(bar.left * 100).toFixed(2)}%`;
            part.style.width = `${(bar.width * 100).toFixed(2)}%`;
            setAttribute(part, "title", `${moment(bar.at, now)} ${bar.kind}: ${bar.text}`);
          },
        );
      },
    );
    const most = Math.max(Math.floor(this.axis.clientWidth / 90), 2);
    keyed(
      this.axis,
      ticks(from, now, most),
      (t) => t,
      (t) => h("span", { text: clock(t).slice(0, 5) }),
      (label, t) => {
        label.style.left = `${(((t - from) / (now - from)) * 100).toFixed(2)}%`;
      },
    );
    const open = incidents.filter((i) => i.end === null).length;
    setAttribute(
      byId("timeline"),
      "aria-label",
      `Time line of ${this.span.label}: ${incidents.length} incidents, ${open} of them go on. The list below has them in words.`,
    );
  }
}

function makeLane({ label }) {
  return h(
    "div",
    { class: "lane" },
    h("span", { class: "lane-name", text: label }),
    h("div", { class: "lane-bars" }),
  );
}

function makeRow() {
  return h("tr", {}, ...Array.from({ length: 6 }, () => h("td")));
}
