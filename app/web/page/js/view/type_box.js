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
    this.drawn = -1;
  }

  show(latest, series, now, decimals = {}) {
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
    if (series.version === this.drawn) return;
    this.drawn = series.version;
    const fields = series.readings.length > 1 ? series.fields() : [];
    keyed(
      this.plots,
      fields,
      (field) => field ?? "",
      (field) => {
        const plot = new Plot(field ?? "as unsigned number");
        plot.element.plot = plot;
        return plot.element;
      },
      (element, field) => {
        const points = series.points(field);
        element.plot.show(points, decimals[field]);
        element.dataset.points = points.length;
      },
    );
  }
}
