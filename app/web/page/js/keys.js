import { views } from "./model/route.js";
import { byId } from "./view/dom.js";
import { openHelp } from "./view/dialogs.js";

const filters = { nodes: "node-filter", events: "event-text" };

/** Keys that work everywhere but in fields. */
export function listenToKeys(context) {
  byId("help-button").addEventListener("click", openHelp);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]"))
      return;
    const field = event.target.closest?.("input, textarea, select");
    if (event.key === "Escape") return escape(context, field);
    if (field) return;
    const act = actions(context, event)[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function actions(context, { target }) {
  const { view } = context.route;
  const free = !target.closest?.("#plan-surface");
  const out = { "?": openHelp, "/": () => focusFilter(context) };
  if (free) views.forEach((name, i) => (out[i + 1] = () => context.go({ view: name })));
  if (view === "events" && !target.closest?.("button, a"))
    out[" "] = () => byId("event-pause").click();
  return out;
}

function focusFilter(context) {
  const { view } = context.route;
  if (!filters[view]) context.go({ view: "nodes" });
  const field = byId(filters[view] ?? "node-filter");
  field.focus();
  field.select();
}

function escape(context, field) {
  if (field?.type === "search" && field.value) {
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  } else if (field) {
    field.blur();
  } else if (context.route.node) {
    context.go({ node: null });
  }
}
