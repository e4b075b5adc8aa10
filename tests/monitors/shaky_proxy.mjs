// The network between a gateway and a monitor, which fails in three ways.
import { connect, createServer } from "node:net";

export class ShakyProxy {
  /** `target` resolves to a port, or throws while there is none. */
  constructor(target) {
    this.target = target;
    this.pairs = new Set();
    this.server = createServer((near) => this.pass(near));
  }

  async listen() {
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.port = this.server.address().port;
    return this;
  }

  async pass(near) {
    near.on("error", () => {});
    if (this.refuses) return near.resetAndDestroy();
    let port;
    try {
      port = await this.target();
    } catch {
      return near.resetAndDestroy();
    }
    const far = connect(port, "127.0.0.1");
    const pair = [near, far];
    const close = () => {
      this.pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    this.pairs.add(pair);
    for (const socket of pair) socket.on("error", close).on("close", close);
    near.on("data", (bytes) => far.write(bytes));
    far.on("data", (bytes) => near.write(bytes));
    if (this.stalls) for (const socket of pair) socket.pause();
  }

  cut() {
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
  }

  /** Nothing arrives any more, and nobody is told. */
  stall() {
    this.stalls = true;
    for (const pair of this.pairs) for (const socket of pair) socket.pause();
  }

  heal() {
    this.refuses = this.stalls = false;
    for (const pair of this.pairs) for (const socket of pair) socket.resume();
  }

  close() {
    this.cut();
    this.server.close();
  }
}
