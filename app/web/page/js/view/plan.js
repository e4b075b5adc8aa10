import { hit, Viewport, project } from "../model/plan.js";
import { byId, setAttribute, setHidden, setText } from "./dom.js";
import { PlanPainter } from "./plan_painter.js";
import { PlanGestures } from "./plan_gestures.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const labelsUpTo = 80;
const busyShare = 0.2; // of the time that pictures which only new readings cause may take

/** Where nodes are. It shows the nodes of the table; nodes without position are counted only. */
export class Plan {
  constructor(context) {
    this.context = context;
    this.viewport = new Viewport();
    this.nodes = [];
    this.marks = [];
    this.quietUntil = 0;
    this.trails = true;
    this.surface = byId("plan-surface");
    this.painter = new PlanPainter(byId("plan-canvas"));
    this.gestures = new PlanGestures(this.surface, {
      pan: (dx, dy) => this.move(() => this.viewport.pan(dx, dy)),
      zoom: (factor, at) => this.move(() => this.viewport.zoom(factor, at)),
      fit: () => this.fit(),
      click: (at, reach) => this.click(at, reach),
      step: (by) => this.step(by),
      hover: (at) => this.hover(at),
    });
    byId("zoom-in").addEventListener("click", () => this.glide(1.6));
    byId("zoom-out").addEventListener("click", () => this.glide(1 / 1.6));
    byId("zoom-fit").addEventListener("click", () => this.fit());
    byId("plan-trails").addEventListener("click", ({ target }) => {
      this.trails = !this.trails;
      setAttribute(target, "aria-pressed", this.trails);
      this.paint();
    });
    addEventListener("themechange", () => this.paint());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
    new ResizeObserver(() => this.resize()).observe(this.surface);
  }

  resize() {
    const { clientWidth, clientHeight } = this.surface;
    if (!clientWidth || !clientHeight) return;
    this.viewport.width = clientWidth;
    this.viewport.height = clientHeight;
    this.painter.resize(clientWidth, clientHeight);
    if (!this.moved) this.fit();
    this.paint();
  }

  setNodes(nodes) {
    this.nodes = nodes;
    this.update();
  }

  /** New readings. A plan that nobody has moved keeps everybody in sight. */
  update() {
    const placed = this.nodes.filter((node) => node.position);
    const fits = this.fitted && placed.every((node) => this.isSeen(node));
    if (!this.moved && placed.length && !fits) this.fit();
    else if (performance.now() >= this.quietUntil) this.paint();
    else this.late = true;
  }

  showHint() {
    const placed = this.nodes.some((node) => node.position);
    setHidden(byId("plan-empty"), this.marks.length > 0);
    setText(
      byId("plan-empty"),
      placed
        ? "No node is in this part. Fit shows them all."
        : this.nodes.length
          ? "No node tells where it is: no reading has a longitude and a latitude."
          : "No nodes to show.",
    );
  }

  /** A node that is chosen elsewhere is brought into sight. */
  show({ node: key }) {
    if (key === this.shown) return;
    this.shown = key;
    const node = this.context.store.nodes.get(key);
    if (node?.position && this.fitted && this.surface.clientWidth && !this.isSeen(node))
      this.move(() => Object.assign(this.viewport, project(node.position)));
    this.paint();
  }

  isSeen({ position }) {
    const { x, y } = this.viewport.toScreen(project(position));
    return x >= 0 && y >= 0 && x <= this.viewport.width && y <= this.viewport.height;
  }

  render(changes) {
    if (changes.nodes.size && this.surface.clientWidth) this.update();
  }

  tick() {
    if (this.late) this.paint();
  }

  fit() {
    const points = this.nodes.filter((node) => node.position).map((node) => project(node.position));
    if (!this.painter.ratio || !this.viewport.fit(points)) return;
    this.moved = false;
    this.fitted = true;
    this.paint();
  }

  move(change) {
    this.moved = true;
    change();
    this.paint();
  }

  /** Zooms in a few frames, or at once for who wants no motion. */
  glide(factor) {
    if (calm.matches) return this.move(() => this.viewport.zoom(factor));
    let left = 8;
    const step = () => {
      this.move(() => this.viewport.zoom(factor ** (1 / 8)));
      if (--left) requestAnimationFrame(step);
    };
    step();
  }

  paint() {
    if (this.wanted || !this.viewport.width) return;
    this.wanted = true;
    requestAnimationFrame(() => {
      this.wanted = false;
      this.paintNow();
    });
  }

  paintNow() {
    const { viewport, surface } = this;
    if (!surface.clientWidth || !this.painter.ratio) return;
    this.late = false;
    const began = performance.now();
    this.marks = [];
    for (const node of this.nodes) {
      if (!node.position) continue;
      const { x, y } = viewport.toScreen(project(node.position));
      if (x > -20 && y > -20 && x < viewport.width + 20 && y < viewport.height + 20)
        this.marks.push({ x, y, node });
    }
    const selected = this.context.route.node;
    this.painter.paint(viewport, this.marks, {
      selected,
      hovered: this.hovered,
      trails: this.trails
        ? this.marks.filter(({ node }) => this.marks.length <= 300 || node.key === selected)
        : [],
      labels: this.marks.length <= labelsUpTo,
    });
    surface.dataset.marks = this.marks.length;
    this.showHint();
    const ended = performance.now();
    this.quietUntil = ended + (ended - began) * (1 / busyShare - 1);
  }

  click(at, reach) {
    const mark = hit(this.marks, at, reach);
    if (mark) this.context.go({ node: mark.node.key });
  }

  hover(at) {
    const mark = at && hit(this.marks, at, 14);
    const key = mark?.node.key ?? null;
    if (key === this.hovered) return;
    this.hovered = key;
    this.surface.style.cursor = key ? "pointer" : "";
    this.paint();
  }

  /** From node to node, by keyboard. */
  step(by) {
    const placed = this.nodes.filter((node) => node.position);
    if (!placed.length) return;
    const at = placed.findIndex((node) => node.key === this.context.route.node);
    const node = placed[(at + by + placed.length) % placed.length] ?? placed[0];
    this.context.go({ node: node.key }, { replace: true });
    this.paint();
  }
}
