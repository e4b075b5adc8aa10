import { count } from "../model/format.js";
import { arrangements } from "../model/route.js";
import { columnsFor, columnWidths, nodeFilter, sortNodes } from "../model/table.js";
import { byId, glyph, h, setAttribute, setHidden, setText } from "./dom.js";
import { kindOf, makeCell, writeCell } from "./node_cells.js";
import { VirtualList } from "./virtual_list.js";

const statuses = ["active", "idle", "disconnected"];
const orderEvery = 1000; // ms between two orders of a table whose values change
const narrow = matchMedia("(max-width: 720px)");

/** The table of nodes. It owns filter and order; the plan shows the same nodes. */
export class Nodes {
  constructor(context, plan) {
    this.context = context;
    this.plan = plan;
    this.sort = { id: "address", direction: 1 };
    this.status = new Set();
    this.columns = [];
    this.widths = [];
    this.items = [];
    this.orderedAt = 0;
    this.grid = byId("node-table");
    this.head = h("div", { role: "row", class: "row head", "aria-rowindex": 1 });
    byId("node-head").append(this.head);
    this.list = new VirtualList(this.grid, byId("node-rows"), {
      idPrefix: "node-row-",
      headerRows: 1,
      header: byId("node-head"),
      row: {
        make: () => h("div", { role: "row", class: "row" }),
        update: (...a) => this.writeRow(...a),
      },
      onActivate: (node) => node && context.go({ node: node.key }),
      onMove: (node) => context.route.node && context.go({ node: node.key }, { replace: true }),
    });
    narrow.addEventListener("change", () => {
      this.widths = [];
      this.order();
    });
    byId("node-filter").addEventListener("input", () => this.order());
    byId("node-filter").addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      this.grid.focus();
      if (this.list.active < 0) this.list.activate(0);
    });
    this.makeChips();
  }

  makeChips() {
    for (const status of statuses) {
      const chip = h(
        "button",
        { type: "button", "aria-pressed": "false", "data-status": status },
        glyph(status),
        h("span", { text: status }),
        h("b"),
      );
      chip.addEventListener("click", () => {
        this.status.has(status) ? this.status.delete(status) : this.status.add(status);
        setAttribute(chip, "aria-pressed", this.status.has(status));
        this.order();
      });
      byId("node-status").append(chip);
    }
    const words = { both: "Both", table: "Table", plan: "Plan" };
    for (const show of arrangements)
      byId("arrangement").append(
        h("button", {
          type: "button",
          text: words[show],
          "data-show": show,
          onclick: () => this.context.go({ show }),
        }),
      );
  }

  show(route) {
    setAttribute(byId("node-panes"), "data-show", route.show);
    // A phone has no room for both: it shows the table then.
    const shown = narrow.matches && route.show === "both" ? "table" : route.show;
    for (const chip of byId("arrangement").children)
      setAttribute(chip, "aria-pressed", chip.dataset.show === shown);
    this.order();
    this.list.measure();
  }

  render(changes) {
    if (changes.structure || changes.all) this.order();
    else if (changes.nodes.size) {
      this.list.refresh(changes.nodes);
      this.stale = true;
    }
  }

  tick(now) {
    this.plan.tick();
    if (this.stale && now - this.orderedAt >= orderEvery) this.order();
    else this.list.refresh(null);
  }

  /** Filters, orders and shows everything anew. */
  order() {
    const { context } = this;
    this.stale = false;
    this.orderedAt = Date.now();
    const { mesh } = context.route;
    const all = [...context.store.nodes.values()].filter((node) => !mesh || node.mesh === mesh);
    this.setColumns(columnsFor(all, { meshes: mesh ? 1 : context.store.meshes.size }));
    this.setWidths(all);
    const typed = nodeFilter(byId("node-filter").value);
    const found = all.filter(
      (node) => (!this.status.size || this.status.has(node.status)) && typed(node),
    );
    const column = this.columns.find((c) => c.id === this.sort.id) ?? this.columns[0];
    this.items = sortNodes(found, column, this.sort.direction);
    this.list.active = this.items.findIndex((node) => node.key === context.route.node);
    this.list.set(this.items);
    setAttribute(this.grid, "aria-rowcount", this.items.length + 1);
    this.plan.setNodes(this.items);
    this.showCounts(all, found.length);
  }

  showCounts(all, shown) {
    const counts = { active: 0, idle: 0, disconnected: 0 };
    for (const node of all) ++counts[node.status];
    for (const chip of byId("node-status").children)
      setText(chip.lastChild, count(counts[chip.dataset.status]));
    setText(
      byId("node-count"),
      shown === all.length
        ? `${count(shown)} nodes`
        : `${count(shown)} of ${count(all.length)} nodes`,
    );
    const empty = byId("node-empty");
    setHidden(empty, shown > 0);
    setText(
      empty,
      all.length
        ? "No node matches the filter."
        : "No node was heard yet. Nodes appear here by themselves, as soon as the root names them or they speak.",
    );
  }

  setColumns(columns) {
    const key = columns.map((c) => c.id).join(" ");
    if (key !== this.columnsKey) {
      this.columnsKey = key;
      this.columns = columns;
      this.widths = [];
      setAttribute(this.grid, "aria-colcount", columns.length);
      this.head.replaceChildren(
        ...columns.map((column) =>
          h(
            "div",
            { role: "columnheader", class: `cell ${kindOf(column)}` },
            h("button", {
              type: "button",
              tabindex: -1,
              text: column.label,
              "data-column": column.id,
              onclick: () => this.sortBy(column),
            }),
          ),
        ),
      );
      byId("node-rows")
        .querySelectorAll(".row")
        .forEach((row) => row.replaceChildren());
    }
    this.columns.forEach((column, i) => {
      const on = column.id === this.sort.id;
      setAttribute(
        this.head.children[i],
        "aria-sort",
        on ? (this.sort.direction > 0 ? "ascending" : "descending") : null,
      );
      this.head.children[i].firstChild.tabIndex = 0;
    });
  }

  /** Columns grow with what is in them, and never shrink: nothing moves under the pointer. */
  setWidths(nodes) {
    const padding = narrow.matches ? 16 : 24;
    const widths = columnWidths(this.columns, nodes, {
      before: this.widths,
      compact: narrow.matches,
    });
    if (widths.join() === this.widths.join()) return;
    this.widths = widths;
    const { style } = this.grid;
    style.setProperty(
      "--columns",
      `${widths.map((w) => `calc(${w}ch + ${padding}px)`).join(" ")} minmax(0, 1fr)`,
    );
    style.setProperty(
      "--table",
      `calc(${widths.reduce((a, b) => a + b, 0)}ch + ${widths.length * padding}px)`,
    );
  }

  sortBy({ id }) {
    const again = this.sort.id === id;
    this.sort = { id, direction: again ? -this.sort.direction : 1 };
    this.order();
  }

  writeRow(row, node) {
    if (!node) return;
    const { columns } = this;
    while (row.children.length < columns.length) row.append(makeCell(columns[row.children.length]));
    const now = this.context.api.now();
    setAttribute(row, "aria-selected", node.key === this.context.route.node);
    setAttribute(row, "data-node", node.key);
    const types = this.context.store.mesh(node.mesh).decimals;
    for (let i = 0; i < columns.length; ++i)
      writeCell(row.children[i], columns[i], node, now, types.get(columns[i].type));
  }
}
