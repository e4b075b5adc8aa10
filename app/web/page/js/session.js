import { parseCursor } from "./model/reconnect.js";
import { keep, kept } from "./storage.js";

const eventsOverReload = 300;
const writeEvery = 1000; // ms

/** What survives a reload of the tab: the cursor, the latest events, the marks of the time line. */
export class Session {
  constructor(store) {
    this.store = store;
    this.writtenAt = 0;
    addEventListener("pagehide", () => this.write());
  }

  restore() {
    const { store } = this;
    const cursor = parseCursor(kept("cursor"));
    try {
      const { events, marks } = JSON.parse(kept("seen") ?? "{}");
      if (!cursor || !Array.isArray(events)) return;
      for (const event of events) store.log.push(event);
      store.marks = marks ?? [];
    } catch {
      return; // Of another version: then the page begins anew.
    }
    store.cursor = cursor;
  }

  /** The cursor is written now and then, in case that the tab is killed. */
  tick(now) {
    if (now - this.writtenAt < writeEvery) return;
    this.writtenAt = now;
    this.writeCursor();
  }

  writeCursor() {
    const { cursor } = this.store;
    if (cursor) keep("cursor", JSON.stringify(cursor));
  }

  write() {
    const { log, marks } = this.store;
    const latest = log.select(() => true, Infinity, eventsOverReload).reverse();
    const events = latest.map(({ search, order, ...said }) => said); // order is given anew
    keep("seen", JSON.stringify({ events, marks }));
    this.writeCursor();
  }
}
