const [second, minute, hour, day] = [1e3, 60e3, 3600e3, 86400e3];

/**
 * The stretches of time that plots can show. `step`: longer than that many readings are summed up;
 * `raw`: unless they are few. `every`: when what is shown is asked for again. All of them have less
 * than 1,000 steps, which is a page.
 */
export const stretches = [
  { id: "latest", label: "Latest" },
  { id: "hour", label: "Hour", length: hour, step: 5 * second, raw: true, every: 10 * second },
  { id: "day", label: "Day", length: day, step: 2 * minute, every: minute },
  { id: "week", label: "Week", length: 7 * day, step: 15 * minute, every: 5 * minute },
  { id: "month", label: "Month", length: 30 * day, step: hour, every: 5 * minute },
];

/** What the readings of one type were in each step: a source of plots, as Series is. */
export class Summary {
  constructor(type, { step, from, to }) {
    this.type = type;
    this.step = step;
    this.extent = { from, to };
    this.buckets = [];
    this.version = 0;
  }

  /** Takes buckets of the API, oldest first. */
  take(said) {
    for (const { time, count, fields } of said)
      this.buckets.push({ begin: Date.parse(time), count, fields });
    ++this.version;
  }

  get isDrawable() {
    return this.buckets.length > 0;
  }

  /** Of a type without numbers it can only be said how many there were: null. */
  fields() {
    const names = Object.keys(this.buckets.find((bucket) => bucket.fields)?.fields ?? {});
    return names.length ? names : [null];
  }

  label(field) {
    return field ?? "readings in each step";
  }

  /** What is infinite, or was never told, has no point. */
  points(field) {
    const out = [];
    for (const { begin, count, fields } of this.buckets) {
      const said = field === null ? { mean: count, min: count, max: count } : fields?.[field];
      const values = [said?.mean, said?.min, said?.max];
      if (!values.every(Number.isFinite)) continue;
      const [y, low, high] = values;
      out.push({ t: begin + this.step / 2, begin, until: begin + this.step, y, low, high });
    }
    return out;
  }
}

/** The `d` of two SVG paths: the mean of each step as a line, and what it was between as a band. */
export function pathsOfSteps(points, width, height, { from, to, bottom, top }) {
  const x = (t) => (((t - from) * width) / (to - from || 1)).toFixed(1);
  const y = (value) => (((top - value) * height) / (top - bottom || 1)).toFixed(1);
  let line = "";
  let band = "";
  let last = NaN;
  for (const { begin, until, y: mean, low, high } of points) {
    line += `${begin === last ? "L" : "M"}${x(begin)} ${y(mean)}H${x(until)}`;
    band += `M${x(begin)} ${y(high)}H${x(until)}V${y(low)}H${x(begin)}Z`;
    last = until;
  }
  return { line, band };
}
