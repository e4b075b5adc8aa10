import { degrees, graticule, project, scaleBar, unproject } from "../model/plan.js";

const radius = 5.5; // of a mark
const half = 10; // of a stamp: the mark and its halo
const crowd = 1500; // marks; more are smaller

/** Paints the plan. Shapes tell the status, too: circle active, diamond idle, cross disconnected. */
export class PlanPainter {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.stamps = new Map();
  }

  resize(width, height) {
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.ratio = ratio;
  }

  paint(viewport, marks, { selected, hovered, trails, labels }) {
    const { context } = this;
    this.colours = coloursOf(this.canvas);
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, viewport.width, viewport.height);
    context.font = this.colours.font;
    this.paintGraticule(viewport);
    for (const { node } of trails) this.paintTrail(viewport, node, node.key === selected);
    const chosen = marks.find(({ node }) => node.key === selected);
    const pointed = marks.find(({ node }) => node.key === hovered);
    const first = [chosen, pointed].filter(Boolean);
    this.paintLabels(marks, labels ? [...first, ...marks] : first, first);
    this.paintMarks(marks);
    if (pointed) this.paintRing(pointed, 9, 1.5);
    if (chosen) this.paintRing(chosen, 11, 2.5);
    this.paintScale(viewport);
  }

  paintGraticule(viewport) {
    const { context, colours } = this;
    const low = unproject(viewport.toWorld({ x: 0, y: viewport.height }));
    const high = unproject(viewport.toWorld({ x: viewport.width, y: 0 }));
    const lines = Math.max(2, Math.round(viewport.width / 130));
    context.strokeStyle = colours.rule;
    context.fillStyle = colours.muted;
    context.lineWidth = 1;
    context.beginPath();
    const meridians = graticule(low.longitude, high.longitude, lines);
    for (const longitude of meridians.values) {
      const x = Math.round(viewport.toScreen(project({ longitude, latitude: 0 })).x) + 0.5;
      context.moveTo(x, 0);
      context.lineTo(x, viewport.height);
      if (x < viewport.width - 130)
        this.write(degrees(longitude, meridians.decimals, "EW"), x + 4, 13);
    }
    const parallels = graticule(
      low.latitude,
      high.latitude,
      Math.max(2, Math.round(viewport.height / 110)),
    );
    for (const latitude of parallels.values) {
      const y = Math.round(viewport.toScreen(project({ longitude: 0, latitude })).y) + 0.5;
      context.moveTo(0, y);
      context.lineTo(viewport.width, y);
      if (y > 34 && y < viewport.height - 34)
        this.write(degrees(latitude, parallels.decimals, "NS"), 4, y - 4);
    }
    context.globalCompositeOperation = "destination-over";
    context.stroke();
    context.globalCompositeOperation = "source-over";
  }

  /** Text with a halo, so that lines do not cross it. */
  write(text, x, y) {
    const { context, colours } = this;
    const { fillStyle, strokeStyle } = context;
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeStyle = colours.panel;
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
    Object.assign(context, { fillStyle, strokeStyle, lineWidth: 1 });
  }

  /** Older parts are fainter. */
  paintTrail(viewport, { trail, status }, strong) {
    const { context, colours } = this;
    if (trail.length < 2) return;
    context.strokeStyle = colours[status];
    context.lineWidth = strong ? 2 : 1.25;
    context.lineJoin = "round";
    const parts = 4;
    for (let part = 0; part < parts; ++part) {
      const first = Math.floor(((trail.length - 1) * part) / parts);
      const last = Math.floor(((trail.length - 1) * (part + 1)) / parts);
      if (first === last) continue;
      context.globalAlpha = (strong ? 0.4 : 0.25) + (part / parts) * 0.6;
      context.beginPath();
      for (let i = first; i <= last; ++i) {
        const { x, y } = viewport.toScreen(project(trail[i]));
        i === first ? context.moveTo(x, y) : context.lineTo(x, y);
      }
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  /** Each status is painted once and copied: ten thousand copies are cheap, ten thousand paths not. */
  paintMarks(marks) {
    const { context } = this;
    const r = marks.length > crowd ? half * 0.55 : half;
    for (const status of ["disconnected", "idle", "active"]) {
      const stamp = this.stamp(status);
      for (const { x, y, node } of marks)
        if (node.status === status) context.drawImage(stamp, x - r, y - r, 2 * r, 2 * r);
    }
  }

  stamp(status) {
    const { colours, ratio } = this;
    const key = `${status} ${colours[status]} ${colours.panel} ${ratio}`;
    let stamp = this.stamps.get(key);
    if (!stamp) {
      stamp = document.createElement("canvas");
      stamp.width = stamp.height = Math.ceil(2 * half * ratio);
      const context = stamp.getContext("2d");
      context.scale(ratio, ratio);
      paintShape(context, status, colours);
      this.stamps.set(key, stamp);
    }
    return stamp;
  }

  /** Right of its mark, or left of it; not at all where it would cover others. */
  paintLabels(marks, wanted, ringed) {
    const { context, colours } = this;
    context.fillStyle = colours.ink;
    const taken =
      marks.length > 300 ? [] : marks.map(({ x, y }) => ({ left: x - 6, right: x + 6, y }));
    const { clientWidth } = this.canvas;
    const free = (box) =>
      box.left >= 2 &&
      box.right <= clientWidth - 2 &&
      taken.every((t) => t.right < box.left || t.left > box.right || Math.abs(t.y - box.y) > 12);
    const done = new Set();
    for (const mark of wanted) {
      const { x, y, node } = mark;
      if (done.has(node)) continue;
      const away = ringed.includes(mark) ? 15 : 10;
      const text = node.name || String(node.address);
      const { width } = context.measureText(text);
      const box = [x + away, x - away - width]
        .map((left) => ({ left, right: left + width, y }))
        .find(free);
      if (!box) continue;
      done.add(node);
      taken.push(box);
      this.write(text, box.left, y + 4);
    }
  }

  paintRing({ x, y }, size, width) {
    const { context, colours } = this;
    context.beginPath();
    context.arc(x, y, size, 0, 2 * Math.PI);
    context.strokeStyle = colours.accent;
    context.lineWidth = width;
    context.stroke();
  }

  paintScale(viewport) {
    const { context, colours } = this;
    const { pixels, text } = scaleBar(viewport.metresPerPixel, Math.min(140, viewport.width / 3));
    const [x, y] = [14.5, viewport.height - 13.5];
    context.fillStyle = colours.panel;
    context.globalAlpha = 0.85;
    context.fillRect(x - 8, y - 22, Math.max(pixels, 40) + 16, 30);
    context.globalAlpha = 1;
    context.strokeStyle = colours.ink;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(x, y - 5);
    context.lineTo(x, y);
    context.lineTo(x + pixels, y);
    context.lineTo(x + pixels, y - 5);
    context.stroke();
    context.fillStyle = colours.ink;
    context.fillText(text, x + 4, y - 7);
  }
}

function paintShape(context, status, colours) {
  const open = status === "disconnected";
  context.beginPath();
  shapes[status](context, half, half, radius);
  context.strokeStyle = colours.panel;
  context.lineWidth = open ? 5 : 3;
  context.stroke();
  context.fillStyle = context.strokeStyle = colours[status];
  context.lineWidth = 2.2;
  if (open) context.stroke();
  else context.fill();
}

const shapes = {
  active(context, x, y, r) {
    context.moveTo(x + r, y);
    context.arc(x, y, r, 0, 2 * Math.PI);
  },
  idle(context, x, y, r) {
    context.moveTo(x, y - r - 1);
    context.lineTo(x + r + 1, y);
    context.lineTo(x, y + r + 1);
    context.lineTo(x - r - 1, y);
    context.closePath();
  },
  disconnected(context, x, y, r) {
    context.moveTo(x - r, y - r);
    context.lineTo(x + r, y + r);
    context.moveTo(x + r, y - r);
    context.lineTo(x - r, y + r);
  },
};

function coloursOf(element) {
  const style = getComputedStyle(element);
  const get = (name) => style.getPropertyValue(name).trim();
  return {
    panel: get("--panel"),
    ink: get("--ink"),
    muted: get("--muted"),
    rule: get("--rule"),
    accent: get("--accent"),
    active: get("--good"),
    idle: get("--warn"),
    disconnected: get("--bad"),
    font: `12px ${get("--font")}`,
  };
}
