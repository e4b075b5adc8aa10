import { readingOf } from "../model/node.js";
import { stretches, Summary } from "../model/past.js";
import { Series } from "../model/series.js";
import { h, setAttribute, setHidden } from "./dom.js";

const again = 5000; // ms after a failure
const mostPages = 100;

/** Which stretch of a node's past is plotted: asked for when it is chosen, and now and then. */
export class Past {
  constructor(context, changed) {
    Object.assign(this, { context, changed });
    this.chips = h("div", { id: "past", class: "chips", role: "group", "aria-label": "Time shown" });
    for (const stretch of stretches)
      this.chips.append(
        h("button", {
          type: "button",
          text: stretch.label,
          "data-stretch": stretch.id,
          onclick: () => this.choose(stretch),
        }),
      );
    this.note = h("p", {
      id: "past-incomplete",
      class: "note",
      hidden: true,
      text: "The gateway's record cannot be asked now: this is what it holds in memory.",
    });
    this.choose(stretches[0]);
  }

  choose(stretch) {
    this.stretch = stretch;
    for (const chip of this.chips.children)
      setAttribute(chip, "aria-pressed", chip.dataset.stretch === stretch.id);
    this.forget();
    this.changed();
  }

  /** Another node, or another stretch. */
  forget() {
    this.sources = new Map();
    this.due = new Map();
    this.told(true);
  }

  told(complete) {
    setHidden(this.note, complete);
  }

  get isLatest() {
    return !this.stretch.length;
  }

  /** What is to be plotted; nothing: it is on its way. */
  sourceOf(type) {
    return this.sources.get(type);
  }

  ask(node, now) {
    if (this.isLatest) return;
    for (const type of node.types) if (!(this.due.get(type) > now)) this.askFor(node, type, now);
  }

  async askFor(node, type, now) {
    const { due, stretch } = this; // forget() makes another one
    due.set(type, Infinity);
    try {
      const { source, complete } = await load(this.context.api, node, type, stretch);
      due.set(type, now + stretch.every);
      if (due !== this.due) return;
      this.sources.set(type, source);
      this.told(complete);
      this.changed();
    } catch {
      due.set(type, Date.now() + again);
    }
  }
}

async function load(api, node, type, { length, step, raw }) {
  const to = api.now();
  const extent = { from: to - length, to };
  if (raw) {
    const page = await api.history(node, type, extent);
    if (!page.next) {
      const source = new Series(type, extent);
      source.merge(page.readings.map((said) => readingOf({ ...said, type })));
      return { source, complete: page.complete !== false };
    }
  }
  const source = new Summary(type, { step, ...extent });
  let complete = true;
  let cursor = null;
  for (let pages = 0; pages < mostPages; ++pages) {
    const page = await api.history(node, type, { from: extent.from, step, cursor });
    source.take(page.buckets);
    complete &&= page.complete !== false;
    cursor = page.next;
    if (!cursor) break;
  }
  return { source, complete };
}
