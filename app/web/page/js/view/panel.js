import { h, keyed, setText } from "./dom.js";

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
