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
    if (now - this.writtenAt < writeEvery || !this.store.cursor) return;
    this.writtenAt = now;
    this.write();
  }

  write() {
    const { store } = this;
    if (!store.cursor) return;
    const events = store.log.select(() => true, Infinity, eventsOverReload).reverse();
    keep(
      "seen",
      JSON.stringify({
        events: events.map(({ search, order, ...rest }) => rest),
        marks: store.marks,
      }),
    );
    keep("cursor", JSON.stringify(store.cursor));
  }
}
