import { clock, fieldValue, moment } from "../model/format.js";
import { pathsOfSteps } from "../model/past.js";
import { nearest, pathOf, rangeOf } from "../model/series.js";
import { h, setAttribute, setText, svg } from "./dom.js";

const [width, height] = [320, 64];
const longest = 86400e3 / 2; // ms of which the time of day says enough

/**
 * One field over time, as a line, or as the mean of each step within what it was between.
 * Pointing at it, or arrows, read single values.
 */
export class Plot {
  constructor(label) {
    this.points = [];
    this.band = svg("path", { class: "band" });
    this.line = svg("path", { class: "line" });
    this.dot = svg("circle", { class: "dot", r: 3, hidden: true });
    this.cross = svg("line", { class: "cross", y1: 0, y2: height, hidden: true });
    this.value = h("output", { class: "figure" });
    this.low = h("span");
    this.high = h("span");
    this.from = h("span");
    this.to = h("span");
    this.picture = svg(
      "svg",
      { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("line", { class: "rule", x1: 0, x2: width, y1: height / 2, y2: height / 2 }),
      this.band,
      this.line,
      this.cross,
    );
    this.area = h(
      "div",
      {
        class: "plot-area",
        tabindex: 0,
        role: "slider",
        "aria-label": `${label} over time`,
        "aria-orientation": "horizontal",
      },
      this.picture,
    );
    this.element = h(
      "figure",
      { class: "plot" },
      h("figcaption", {}, h("span", { text: label }), this.value),
      h(
        "div",
        { class: "plot-body" },
        h("div", { class: "plot-scale" }, this.high, this.low),
        this.area,
      ),
      h("div", { class: "plot-times" }, this.from, this.to),
    );
    this.area.addEventListener("pointermove", (event) => this.point(event));
    this.area.addEventListener("pointerleave", () => this.read(null));
    this.area.addEventListener("blur", () => this.read(null));
    this.area.addEventListener("keydown", (event) => this.key(event));
  }

  /** `extent`: what it spans; null: from the first point to the last one. */
  show(points, decimals, extent = null) {
    this.points = points;
    this.text = (y) => fieldValue(y, decimals);
    if (!points.length) return;
    const range = rangeOf(points);
    const { from, to } = extent ?? { from: points[0].t, to: points.at(-1).t };
    this.box = { from, to, ...range };
    this.when = (t) => (to - from > longest ? moment(t, to) : clock(t));
    const { line, band } =
      points[0].until === undefined
        ? { line: pathOf(points, width, height, this.box), band: null }
        : pathsOfSteps(points, width, height, this.box);
    setAttribute(this.line, "d", line);
    setAttribute(this.band, "d", band);
    setText(this.low, this.text(range.low));
    setText(this.high, this.text(range.high));
    setText(this.from, this.when(from));
    setText(this.to, this.when(to));
    setAttribute(this.area, "aria-valuemin", 0);
    setAttribute(this.area, "aria-valuemax", points.length - 1);
    if (!points.includes(this.reading)) this.read(null);
  }

  said({ t, y, low = y, high = y }) {
    const between = low === high ? "" : ` (${this.text(low)} to ${this.text(high)})`;
    return `${this.text(y)}${between} at ${this.when(t)}`;
  }

  point(event) {
    const box = this.area.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    this.read(nearest(this.points, this.box.from + share * (this.box.to - this.box.from)));
  }

  key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (!by) return;
    event.preventDefault();
    const last = this.points.length - 1;
    const at = this.reading ? this.points.indexOf(this.reading) : last;
    this.read(this.points[Math.min(Math.max(at + by, 0), last)]);
  }

  /** null: the newest one. */
  read(point) {
    this.reading = point;
    const shown = point ?? this.points.at(-1);
    if (!shown) return;
    setText(this.value, point ? this.said(shown) : this.text(shown.y));
    setAttribute(this.area, "aria-valuenow", this.points.indexOf(shown));
    setAttribute(this.area, "aria-valuetext", this.said(shown));
    if (point) {
      const x = ((point.t - this.box.from) / (this.box.to - this.box.from || 1)) * width;
      setAttribute(this.cross, "x1", x);
      setAttribute(this.cross, "x2", x);
    }
    this.cross.toggleAttribute("hidden", !point);
  }
}
