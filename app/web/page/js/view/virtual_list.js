import { moveRow, scrollFor, visibleRows } from "../model/table.js";

/**
 * Rows of one height, of which only those on screen exist. The viewport scrolls and has the focus;
 * the active row is told by aria-activedescendant. `row` is {make(), update(element, item, index)}.
 */
export class VirtualList {
  constructor(viewport, canvas, { row, idPrefix, onActivate, onMove, headerRows = 0, header }) {
    Object.assign(this, {
      viewport,
      canvas,
      row,
      idPrefix,
      onActivate,
      onMove,
      headerRows,
      header,
    });
    this.items = [];
    this.pool = new Map(); // index → element
    this.spare = [];
    this.active = -1;
    this.rowHeight = 0;
    viewport.addEventListener("scroll", () => this.draw(), { passive: true });
    viewport.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("click", (event) => this.click(event));
    new ResizeObserver(() => this.measure()).observe(viewport);
  }

  measure() {
    const height = parseFloat(getComputedStyle(this.viewport).getPropertyValue("--row")) || 34;
    this.viewHeight = Math.max(this.viewport.clientHeight - (this.header?.offsetHeight ?? 0), 0);
    if (height !== this.rowHeight) {
      this.rowHeight = height;
      this.placed = -1;
    }
    this.draw(true);
  }

  set(items) {
    this.items = items;
    if (this.active >= items.length) this.active = items.length - 1;
    this.draw(true);
  }

  /** Rows of these items are written anew if they are on screen. */
  refresh(changed) {
    for (const [index, element] of this.pool)
      if (!changed || changed.has(this.items[index]))
        this.row.update(element, this.items[index], index);
  }

  draw(all = false) {
    if (!this.rowHeight || !this.viewHeight) return;
    const total = this.items.length;
    if (this.placed !== total) {
      this.canvas.style.height = `${total * this.rowHeight}px`;
      this.placed = total;
    }
    const { first, last } = visibleRows({
      scrollTop: this.viewport.scrollTop,
      height: this.viewHeight,
      rowHeight: this.rowHeight,
      total,
    });
    for (const [index, element] of this.pool)
      if (index < first || index >= last) this.release(index, element);
    for (let index = first; index < last; ++index) {
      const known = this.pool.get(index);
      const element = known ?? this.place(index);
      if (all || !known) this.row.update(element, this.items[index], index);
      if (all || !known) this.mark(element, index);
    }
  }

  place(index) {
    const element = this.spare.pop() ?? this.canvas.appendChild(this.row.make());
    element.hidden = false;
    element.id = `${this.idPrefix}${index}`;
    element.style.transform = `translateY(${index * this.rowHeight}px)`;
    element.setAttribute("aria-rowindex", index + 1 + this.headerRows);
    this.pool.set(index, element);
    return element;
  }

  release(index, element) {
    element.hidden = true;
    element.removeAttribute("id");
    this.pool.delete(index);
    this.spare.push(element);
  }

  mark(element, index) {
    element.classList.toggle("active", index === this.active);
  }

  /** Makes a row the active one and shows it. */
  activate(index) {
    this.active = index;
    if (index >= 0 && this.rowHeight) {
      const top = scrollFor(index, {
        scrollTop: this.viewport.scrollTop,
        height: this.viewHeight,
        rowHeight: this.rowHeight,
      });
      if (top !== undefined) this.viewport.scrollTop = top;
    }
    this.draw(true);
    if (index >= 0) this.viewport.setAttribute("aria-activedescendant", `${this.idPrefix}${index}`);
    else this.viewport.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.target !== this.viewport || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && this.active >= 0) {
      this.onActivate?.(this.items[this.active]);
      event.preventDefault();
      return;
    }
    const page = Math.max(Math.floor(this.viewHeight / this.rowHeight) - 1, 1);
    const to = moveRow(event.key, this.active, this.items.length, page);
    if (to === null) return;
    event.preventDefault();
    this.activate(to);
    this.onMove?.(this.items[to]);
  }

  click(event) {
    const element = event.target.closest("[aria-rowindex]");
    if (!element || getSelection()?.toString()) return;
    const index = Number(element.getAttribute("aria-rowindex")) - 1 - this.headerRows;
    this.activate(index);
    this.onActivate?.(this.items[index]);
  }
}
