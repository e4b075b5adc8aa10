import { duration, rate } from "../model/format.js";
import { samplesKept } from "../model/mesh.js";
import { pathOf } from "../model/series.js";
import { roundDown } from "../model/plan.js";
import { h, setAttribute, setText, svg } from "./dom.js";

const [width, height] = [600, 96];
const spans = [30, 60, 120, samplesKept].map((seconds) => seconds * 1000);

/** Frames a second of up to five minutes, as a chart recorder draws them; rejects in red. */
export class StripChart {
  constructor() {
    this.frames = svg("path", { class: "frames" });
    this.rejects = svg("path", { class: "rejects" });
    this.top = h("span", { class: "scale top" });
    this.left = h("span", { class: "scale left" });
    const lines = [1, 2, 3, 4].map((i) =>
      svg("line", { class: "rule", x1: (i * width) / 5, x2: (i * width) / 5, y1: 0, y2: height }),
    );
    this.element = h(
      "figure",
      { class: "strip", "aria-label": "Frames a second over the last minutes", role: "img" },
      svg(
        "svg",
        { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none" },
        ...lines,
        svg("line", { class: "rule", x1: 0, x2: width, y1: height / 2, y2: height / 2 }),
        this.frames,
        this.rejects,
      ),
      this.top,
      this.left,
      h("span", { class: "scale right", text: "now" }),
    );
  }

  show(samples, now) {
    const most = Math.max(1, ...samples.map((s) => Math.max(s.frames, s.rejects)));
    const top = ceiling(most);
    const span = spans.find((ms) => samples[0]?.at >= now - ms) ?? spans.at(-1);
    const box = { from: now - span, to: now, bottom: 0, top };
    const points = (what) =>
      samples.filter((s) => s.at >= box.from).map((s) => ({ t: s.at, y: s[what] }));
    setAttribute(this.frames, "d", pathOf(points("frames"), width, height, box));
    const rejects = points("rejects");
    setAttribute(
      this.rejects,
      "d",
      rejects.some((p) => p.y > 0) ? pathOf(rejects, width, height, box) : "",
    );
    setText(this.left, `${duration(span)} ago`);
    setText(this.top, `${rate(top)} frames/s`);
  }
}

/** The smallest 1, 2 or 5 × 10ⁿ that is not below `n`. */
function ceiling(n) {
  const low = roundDown(n);
  if (low === n) return n;
  return [2, 5, 10].map((f) => f * 10 ** Math.floor(Math.log10(n))).find((x) => x >= n);
}
