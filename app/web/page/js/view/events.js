import { count, preciseClock } from "../model/format.js";
import { eventFilter, eventText, kinds } from "../model/event_log.js";
import { byId, h, setAttribute, setHidden, setText } from "./dom.js";
import { VirtualList } from "./virtual_list.js";

const drawEvery = 150; // ms between two pictures of a busy stream
const columns = ["Time", "Kind", "Node", "What"];

/** The stream of events, newest first. Paused, it stands still and counts what arrives. */
export class Events {
  constructor(context) {
    this.context = context;
    this.kinds = new Set();
    this.until = Infinity;
    this.drawnAt = 0;
    const grid = byId("event-table");
    byId("event-head").append(
      h(
        "div",
        { role: "row", class: "row head", "aria-rowindex": 1 },
        ...columns.map((text) => h("div", { role: "columnheader", class: "cell", text })),
      ),
    );
    this.list = new VirtualList(grid, byId("event-rows"), {
      idPrefix: "event-row-",
      headerRows: 1,
      header: byId("event-head"),
      row: { make: makeRow, update: (row, event) => this.writeRow(row, event) },
      onActivate: (event) => event?.node && context.go({ node: `${event.mesh}/${event.node}` }),
    });
    grid.addEventListener("scroll", () => this.showCount(), { passive: true });
    for (const id of ["event-text", "event-node"])
      byId(id).addEventListener("input", () => this.draw());
    byId("event-pause").addEventListener("click", () => this.pause(this.until === Infinity));
    this.makeChips();
  }

  makeChips() {
    for (const kind of kinds) {
      if (kind === "gap") continue;
      const chip = h("button", {
        type: "button",
        "aria-pressed": "false",
        "data-kind": kind,
        text: kind.replace("_", " "),
      });
      chip.addEventListener("click", () => {
        this.kinds.has(kind) ? this.kinds.delete(kind) : this.kinds.add(kind);
        setAttribute(chip, "aria-pressed", this.kinds.has(kind));
        this.draw();
      });
      byId("event-kinds").append(chip);
    }
  }

  pause(on) {
    this.until = on ? this.context.store.log.total : Infinity;
    const button = byId("event-pause");
    setAttribute(button, "aria-pressed", on);
    setText(button, on ? "Go on" : "Pause");
    this.draw();
  }

  show() {
    this.draw();
    this.list.measure();
  }

  render(changes) {
    if (!changes.log && !changes.all) return;
    if (this.until !== Infinity) this.showCount();
    else if (Date.now() - this.drawnAt >= drawEvery) this.draw();
    else this.stale = true;
  }

  tick() {
    if (this.stale && this.until === Infinity) this.draw();
  }

  draw() {
    this.stale = false;
    this.drawnAt = Date.now();
    const { log } = this.context.store;
    const wanted = eventFilter({
      kinds: this.kinds.size ? this.kinds : null,
      mesh: this.context.route.mesh,
      node: byId("event-node").value,
      text: byId("event-text").value,
    });
    this.keepPlace(log.select(wanted, this.until));
    this.showCount();
  }

  /** Who has scrolled down keeps seeing the same rows while new ones come above. */
  keepPlace(items) {
    const { list } = this;
    const { viewport } = list;
    const anchor =
      viewport.scrollTop > 4 ? list.items[Math.floor(viewport.scrollTop / list.rowHeight)] : null;
    const active = list.items[list.active];
    const into = viewport.scrollTop % (list.rowHeight || 1);
    list.items = items;
    list.active = active ? items.indexOf(active) : -1;
    list.draw(true);
    if (anchor) {
      const at = items.indexOf(anchor);
      if (at >= 0) viewport.scrollTop = at * list.rowHeight + into;
    }
    if (list.active >= 0)
      viewport.setAttribute("aria-activedescendant", `${list.idPrefix}${list.active}`);
    else viewport.removeAttribute("aria-activedescendant");
    setAttribute(viewport, "aria-rowcount", items.length + 1);
    const empty = byId("event-empty");
    setHidden(empty, items.length > 0);
    setText(
      empty,
      this.context.store.log.total
        ? "No event matches the filters."
        : "Nothing has happened since the page was opened.",
    );
  }

  showCount() {
    const { log } = this.context.store;
    const paused = this.until !== Infinity;
    setText(
      byId("event-count"),
      paused
        ? `paused, ${count(log.total - this.until)} arrived meanwhile`
        : `${count(this.list.items.length)} of the last ${count(log.size)}`,
    );
  }

  writeRow(row, event) {
    if (!event) return;
    const several = this.context.store.meshes.size > 1;
    setAttribute(row, "data-kind", event.kind);
    setAttribute(row, "data-state", event.state ?? null);
    setText(row.children[0], preciseClock(event.time));
    setText(row.children[1], event.kind.replace("_", " "));
    const mesh = several && event.mesh ? `${event.mesh}/` : "";
    setText(row.children[2], event.node === undefined ? mesh.slice(0, -1) : `${mesh}${event.node}`);
    setText(row.children[3], eventText(event));
  }
}

function makeRow() {
  return h(
    "div",
    { role: "row", class: "row" },
    ...columns.map(() => h("div", { role: "gridcell", class: "cell" })),
  );
}
