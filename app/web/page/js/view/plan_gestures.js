const panStep = 60;
const clickSlop = 5; // pixels that a click may move

/** Mouse, fingers and keys on the plan, as pan, zoom, click, step and fit. */
export class PlanGestures {
  constructor(surface, actions) {
    this.surface = surface;
    this.actions = actions;
    this.pointers = new Map();
    this.travelled = 0;
    const on = (name, handler) =>
      surface.addEventListener(name, handler.bind(this), { passive: false });
    on("pointerdown", this.down);
    on("pointermove", this.motion);
    on("pointerup", this.up);
    on("pointercancel", this.up);
    on("pointerleave", () => actions.hover(null));
    on("wheel", this.wheel);
    on("keydown", this.key);
    on("dblclick", (event) => actions.zoom(event.shiftKey ? 0.5 : 2, this.place(event)));
  }

  place(event) {
    const box = this.surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  down(event) {
    if (event.button > 0) return;
    this.surface.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.place(event));
    if (this.pointers.size === 1) this.travelled = 0;
  }

  motion(event) {
    const at = this.place(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      this.actions.hover(at);
      return;
    }
    this.pointers.set(event.pointerId, at);
    this.travelled += Math.hypot(at.x - before.x, at.y - before.y);
    if (this.pointers.size === 1) {
      if (this.travelled > clickSlop) this.actions.pan(at.x - before.x, at.y - before.y);
      return;
    }
    this.pinch(event.pointerId, before, at);
  }

  /** Two fingers: what is between them stays between them. */
  pinch(moving, before, at) {
    const [other] = [...this.pointers].find(([id]) => id !== moving)?.slice(1) ?? [];
    if (!other) return;
    const distance = (a) => Math.hypot(a.x - other.x, a.y - other.y) || 1;
    const middle = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
    this.actions.zoom(distance(at) / distance(before), middle);
    this.actions.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
  }

  up(event) {
    const known = this.pointers.delete(event.pointerId);
    if (known && event.type === "pointerup" && !this.pointers.size && this.travelled <= clickSlop)
      this.actions.click(this.place(event), event.pointerType === "touch" ? 24 : 14);
  }

  wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
    this.actions.zoom(2 ** (-Math.max(-240, Math.min(240, lines)) / 240), this.place(event));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { pan, zoom, fit, step } = this.actions;
    const act = {
      ArrowLeft: () => pan(panStep, 0),
      ArrowRight: () => pan(-panStep, 0),
      ArrowUp: () => pan(0, panStep),
      ArrowDown: () => pan(0, -panStep),
      "+": () => zoom(1.4),
      "=": () => zoom(1.4),
      "-": () => zoom(1 / 1.4),
      0: fit,
      n: () => step(1),
      p: () => step(-1),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}
