/** Points that a plot keeps at most; older ones go. */
export const pointsKept = 2000;

/** Bytes of an undeclared type that can be shown as a number, big-endian and unsigned. */
const longestNumber = 4;

/** The readings of one type of one node, oldest first; each is in it once. */
export class Series {
  /** `extent`: what a plot spans; without it from the first reading to the last one. */
  constructor(type, extent = null) {
    this.type = type;
    this.extent = extent;
    this.readings = [];
    this.version = 0;
  }

  /** Takes readings in any order; those that are known are left alone. */
  merge(readings) {
    const fresh = new Map();
    for (const reading of readings) fresh.set(`${reading.seq} ${reading.time}`, reading);
    for (const reading of this.readings) fresh.delete(`${reading.seq} ${reading.time}`);
    if (!fresh.size) return false;
    this.readings.push(...fresh.values());
    this.readings.sort((a, b) => a.time - b.time || a.seq - b.seq);
    this.readings.splice(0, this.readings.length - pointsKept);
    ++this.version;
    return true;
  }

  get isDrawable() {
    return this.readings.length > 1;
  }

  label(field) {
    return field ?? "as unsigned number";
  }

  /** Names of what can be plotted. */
  fields() {
    const newest = this.readings.at(-1);
    if (!newest) return [];
    if (!newest.value) return newest.data && newest.data.length <= 2 * longestNumber ? [null] : [];
    return Object.keys(newest.value).filter((name) => typeof newest.value[name] === "number");
  }

  /** `field` null: the bytes as a number. */
  points(field) {
    const out = [];
    for (const reading of this.readings) {
      const y = field === null ? parseInt(reading.data, 16) : reading.value?.[field];
      if (Number.isFinite(y)) out.push({ t: reading.time, y });
    }
    return out;
  }
}

/**
 * At most about 2 × `buckets` points with the same outline: of each stretch of time the lowest
 * and the highest one, in their order.
 */
export function decimate(points, buckets) {
  if (points.length <= buckets * 2) return points;
  const start = points[0].t;
  const width = (points.at(-1).t - start) / buckets || 1;
  const out = [];
  for (let i = 0; i < points.length; ) {
    const bucket = Math.floor((points[i].t - start) / width);
    let low = i;
    let high = i;
    let j = i;
    for (; j < points.length && Math.floor((points[j].t - start) / width) === bucket; ++j) {
      if (points[j].y < points[low].y) low = j;
      if (points[j].y > points[high].y) high = j;
    }
    out.push(points[Math.min(low, high)]);
    if (low !== high) out.push(points[Math.max(low, high)]);
    i = j;
  }
  return out;
}

/** The range of y, or of what it lies between, with some air; a flat line lies in the middle. */
export function rangeOf(points) {
  let low = Infinity;
  let high = -Infinity;
  for (const { y, low: least = y, high: most = y } of points) {
    if (least < low) low = least;
    if (most > high) high = most;
  }
  const air = high > low ? (high - low) * 0.08 : Math.abs(high) * 0.01 || 1;
  return { low, high, bottom: low - air, top: high + air };
}

/** The `d` of an SVG path in a box of `width` × `height`. */
export function pathOf(points, width, height, { from, to, bottom, top }) {
  const sx = width / (to - from || 1);
  const sy = height / (top - bottom || 1);
  let d = "";
  for (const { t, y } of decimate(points, width)) {
    d += `${d ? "L" : "M"}${((t - from) * sx).toFixed(1)} ${((top - y) * sy).toFixed(1)}`;
  }
  return d;
}

/** The point whose time is nearest. */
export function nearest(points, t) {
  let low = 0;
  let high = points.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle].t < t) low = middle;
    else high = middle;
  }
  if (high < 0) return null;
  return Math.abs(points[low].t - t) <= Math.abs(points[high].t - t) ? points[low] : points[high];
}
