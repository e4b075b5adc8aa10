/** The plan is a Mercator map without tiles. World coordinates are 0 to 1, y goes south. */

const circumference = 40075016.686; // metres at the equator
export const closestScale = circumference / 0.02; // pixels a world: 2 cm a pixel
export const widestScale = 256;

export function project({ longitude, latitude }) {
  const s = Math.sin((latitude * Math.PI) / 180);
  return { x: longitude / 360 + 0.5, y: 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI) };
}

export function unproject({ x, y }) {
  return {
    longitude: (x - 0.5) * 360,
    latitude: (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI,
  };
}

/** What part of the world is seen: its centre, and how many pixels wide the world is. */
export class Viewport {
  constructor() {
    this.x = 0.5;
    this.y = 0.35;
    this.scale = 1024;
    this.width = 1;
    this.height = 1;
  }

  toScreen(world) {
    return {
      x: (world.x - this.x) * this.scale + this.width / 2,
      y: (world.y - this.y) * this.scale + this.height / 2,
    };
  }

  toWorld({ x, y }) {
    return {
      x: (x - this.width / 2) / this.scale + this.x,
      y: (y - this.height / 2) / this.scale + this.y,
    };
  }

  pan(dx, dy) {
    this.x -= dx / this.scale;
    this.y = Math.min(Math.max(this.y - dy / this.scale, 0), 1);
  }

  /** What lies under `at` stays there. */
  zoom(factor, at = { x: this.width / 2, y: this.height / 2 }) {
    const before = this.toWorld(at);
    this.scale = Math.min(Math.max(this.scale * factor, widestScale), closestScale);
    const after = this.toWorld(at);
    this.x += before.x - after.x;
    this.y = Math.min(Math.max(this.y + before.y - after.y, 0), 1);
  }

  /** Shows all of these; a single one with some hundred metres around it. */
  fit(points, margin = 56) {
    if (!points.length) return false;
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const { x, y } of points) {
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
    this.x = (left + right) / 2;
    this.y = (top + bottom) / 2;
    const smallest = 200 / circumference;
    this.scale = Math.min(
      Math.max(this.width - 2 * margin, 40) / Math.max(right - left, smallest),
      Math.max(this.height - 2 * margin, 40) / Math.max(bottom - top, smallest),
      closestScale,
    );
    this.scale = Math.max(this.scale, widestScale);
    return true;
  }

  get metresPerPixel() {
    const { latitude } = unproject(this);
    return (circumference * Math.cos((latitude * Math.PI) / 180)) / this.scale;
  }
}

/** The longest 1, 2 or 5 × 10ⁿ that is not above `n`. */
export function roundDown(n) {
  const power = 10 ** Math.floor(Math.log10(n * (1 + 1e-9)));
  const digit = (n / power) * (1 + 1e-9);
  return (digit >= 5 ? 5 : digit >= 2 ? 2 : 1) * power;
}

/** A bar of at most `longest` pixels: `{pixels, text}`. */
export function scaleBar(metresPerPixel, longest = 140) {
  const metres = roundDown(metresPerPixel * longest);
  const text =
    metres >= 1000
      ? `${metres / 1000} km`
      : metres >= 1
        ? `${metres} m`
        : `${Number((metres * 100).toPrecision(1))} cm`;
  return { pixels: metres / metresPerPixel, text };
}

/** Lines of the graticule across `low` to `high` degrees: `{step, decimals, values}`. */
export function graticule(low, high, lines = 5) {
  const step = roundDown((high - low) / lines || 1);
  const decimals = Math.max(0, -Math.floor(Math.log10(step)));
  const values = [];
  const last = high / step + 1e-6; // binary fractions are not exact
  for (let n = Math.ceil(low / step - 1e-6); n <= last && values.length < 40; ++n)
    values.push(n * step);
  return { step, decimals, values };
}

export function degrees(value, decimals, [positive, negative]) {
  const text = Math.abs(value).toFixed(decimals);
  return `${text}° ${value < 0 && Number(text) !== 0 ? negative : positive}`;
}

/** The nearest of `marks` ({x, y} on screen) within `reach` pixels, or null. */
export function hit(marks, at, reach) {
  let best = null;
  let least = reach * reach;
  for (const mark of marks) {
    const distance = (mark.x - at.x) ** 2 + (mark.y - at.y) ** 2;
    if (distance <= least) {
      least = distance;
      best = mark;
    }
  }
  return best;
}
