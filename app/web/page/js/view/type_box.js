import { age, longValue, printable, spacedHex } from "../model/format.js";
import { h, keyed, setAttribute, setText } from "./dom.js";
import { Plot } from "./plot.js";

/** One type of a node: the latest value, its bytes, a plot for each number in it. */
export class TypeBox {
  constructor(type) {
    this.age = h("span", { class: "note figure" });
    this.value = h("p", { class: "decoded figure" });
    this.raw = h("code", { class: "raw" });
    this.plots = h("div", { class: "plots" });
    this.element = h(
      "section",
      { class: "type", "data-type": type },
      h("header", {}, h("h4", { text: type }), this.age),
      this.value,
      this.raw,
      this.plots,
    );
    this.element.box = this;
    this.drawn = { source: null, version: -1 };
  }

  /** `source`: a Series or a Summary; nothing: it is on its way. */
  show(latest, source, now, decimals = {}) {
    if (latest) {
      setText(this.age, `${age(now - latest.time)} ago`);
      setText(
        this.value,
        latest.value
          ? longValue(latest, decimals)
          : "not declared: add it as data_type to the configuration",
      );
      setAttribute(this.value, "data-known", latest.value ? "" : null);
      setText(this.raw, `${spacedHex(latest.data)}   ${printable(latest.data)}`);
    }
    setAttribute(this.plots, "data-waits", !source);
    if (!source || (source === this.drawn.source && source.version === this.drawn.version)) return;
    this.drawn = { source, version: source.version };
    const fields = source.isDrawable ? source.fields() : [];
    keyed(
      this.plots,
      fields,
      (field) => source.label(field),
      (field) => {
        const plot = new Plot(source.label(field));
        plot.element.plot = plot;
        return plot.element;
      },
      (element, field) => {
        const points = source.points(field);
        element.plot.show(points, decimals[field], source.extent);
        element.dataset.points = points.length;
      },
    );
  }
}
