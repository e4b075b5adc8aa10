import { openWebSocket } from "./websocket.mjs";

/** A client that stays beside the page and notes what the gateway tells, over restarts of it. */
export class Witness {
  constructor(port) {
    this.port = port;
    this.events = [];
    this.gaps = [];
    this.cursor = null;
    this.run();
  }

  async run() {
    while (!this.closed) {
      try {
        await this.follow();
      } catch {
        // Refused, or lost: again.
      }
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  async follow() {
    this.peer = await openWebSocket(this.port);
    await new Promise((resolve) => {
      this.peer.on("close", resolve);
      this.peer.on("text", (text) => this.take(JSON.parse(text)));
    });
  }

  take(message) {
    if (message.type === "hello") {
      const cursor = this.cursor ?? { epoch: message.epoch, seq: message.seq };
      this.peer.send({ type: "subscribe", id: 1, cursor, snapshot: false });
    } else if (message.type === "events") {
      for (const event of message.events) {
        if (event.kind === "gap") this.gaps.push(event);
        else this.events.push([event.epoch, event.seq]);
      }
      this.cursor = message.cursor;
    }
  }

  close() {
    this.closed = true;
    this.peer?.close();
  }
}

/** Events by epoch: `{epoch: [seq, …]}` in the order in which they came. */
export function byEpoch(events) {
  const out = {};
  for (const [epoch, seq] of events) (out[epoch] ??= []).push(seq);
  return out;
}

/** What is wrong with the order of numbers: holes that no gap explains, and duplicates. */
export function faultsOf(seqs, gaps) {
  const out = [];
  for (let i = 1; i < seqs.length; ++i) {
    const [before, now] = [seqs[i - 1], seqs[i]];
    if (now === before + 1) continue;
    if (now <= before) out.push(`${now} after ${before}`);
    else if (!gaps.some((gap) => gap.from <= before + 1 && gap.to >= now - 1))
      out.push(`nothing between ${before} and ${now}`);
  }
  return out;
}
