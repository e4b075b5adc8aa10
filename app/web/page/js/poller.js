const statusEvery = 1000;
const idleEvery = 10e3; // while the page is hidden
const incidentsEvery = 30e3;

/** Asks the API for what no event tells: rates, counters, incidents. */
export class Poller {
  constructor({ api, store, connection, wake }) {
    Object.assign(this, { api, store, connection, wake });
    this.statusAt = -Infinity;
    this.incidentsAt = -Infinity;
  }

  tick(now) {
    if (this.connection.state !== "live") return;
    const every = document.hidden ? idleEvery : statusEvery;
    if (!this.asking && now - this.statusAt >= every - 50) this.askStatus(now);
    if (now - this.incidentsAt >= incidentsEvery) this.askIncidents(now);
  }

  /** Something has changed of which only the API tells the whole. */
  hurry() {
    this.askIncidents(Date.now());
    if (!this.asking) this.askStatus(Date.now());
  }

  async askStatus(now) {
    this.statusAt = now;
    this.asking = true;
    try {
      this.store.applyStatus(await this.api.status(), now, Date.now());
      this.wake();
    } catch {
      // The connection tells that the gateway is gone.
    }
    this.asking = false;
  }

  async askIncidents(now) {
    this.incidentsAt = now;
    try {
      const { incidents } = await this.api.incidents();
      this.store.applyIncidents(incidents);
      this.wake();
    } catch {
      this.incidentsAt = -Infinity;
    }
  }
}
