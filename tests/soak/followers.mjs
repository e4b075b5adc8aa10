// Who is honest: follows events over WebSocket, or in a monitor's file; asks; commands.
import { createReadStream, closeSync, fstatSync, openSync, readSync } from "node:fs";
import { request } from "node:http";
import { createInterface } from "node:readline";
import { wait } from "../monitors/monitor.mjs";
import { openWebSocket } from "../page/support/websocket.mjs";
import { Ledger } from "./ledger.mjs";

const again = 100; // ms
const patience = 5000; // ms; of one request

/** Every event over WebSocket; goes on at its cursor whenever the connection is gone. */
export class SocketFollower {
  constructor(name, port) {
    Object.assign(this, { name, port, ledger: new Ledger(), connections: 0, refused: 0 });
    this.ended = this.run();
  }

  async run() {
    while (!this.closed) {
      try {
        await this.follow(await openWebSocket(await this.port()));
      } catch {
        ++this.refused;
      }
      if (!this.closed) await wait(again);
    }
  }

  follow(peer) {
    this.peer = peer;
    const closed = new Promise((resolve) => peer.once("close", resolve));
    peer.on("text", (text) => this.take(JSON.parse(text)));
    peer.send({
      type: "subscribe",
      id: 1,
      snapshot: false,
      ...(this.cursor && { cursor: this.cursor }),
    });
    ++this.connections;
    return closed;
  }

  take(message) {
    if (message.type === "result") {
      if (!message.ok) this.ledger.fault(`refused: ${JSON.stringify(message.error)}`);
      else this.cursor ??= { epoch: message.epoch, seq: message.seq };
    }
    if (message.type !== "events") return;
    for (const event of message.events) this.ledger.take(event);
    this.cursor = message.cursor;
    this.heard = Date.now();
  }

  isAt({ epoch, seq }) {
    return this.cursor?.epoch === epoch && this.cursor.seq >= seq;
  }

  read() {
    return this.ledger;
  }

  async close() {
    this.closed = true;
    this.peer?.close();
    await this.ended;
  }
}

/** `xylem monitor --append`, behind a network that fails. */
export class MonitorFile {
  constructor(bench, { name, authority, gateway, port, file }) {
    Object.assign(this, { bench, name, authority, gateway, port, file });
    this.start();
  }

  start() {
    const pki = ["--pki", this.authority.folder, "--name", this.name];
    const from = ["--gateway", `${this.gateway}=127.0.0.1:${this.port}`];
    this.process = this.bench.spawn(["monitor", ...pki, "--append", this.file, ...from]);
  }

  async restart() {
    this.process.kill("SIGKILL");
    await this.process.ended;
    this.start();
  }

  /** The last line that has a position. */
  position() {
    const size = 16384;
    const file = openSync(this.file);
    try {
      const at = Math.max(0, fstatSync(file).size - size);
      const buffer = Buffer.alloc(size);
      const text = buffer.toString("utf8", 0, readSync(file, buffer, 0, size, at));
      const lines = text
        .split("\n")
        .slice(at > 0 ? 1 : 0, -1)
        .map((line) => JSON.parse(line));
      return lines.findLast(({ epoch, seq }) => epoch !== undefined && seq !== undefined);
    } finally {
      closeSync(file);
    }
  }

  isAt({ epoch, seq }) {
    try {
      const last = this.position();
      return last?.epoch === epoch && last.seq >= seq;
    } catch {
      return false;
    }
  }

  async read() {
    const ledger = new Ledger();
    for await (const line of createInterface({ input: createReadStream(this.file) })) {
      const event = JSON.parse(line);
      if (event.kind !== "gateway" && event.kind !== "position") ledger.take(event);
    }
    return ledger;
  }

  async close() {
    await this.bench.end(this.process);
  }
}

/** The status and the body of an answer; status 0 when there was none. */
export function ask(port, path, { method = "GET", body } = {}) {
  return new Promise((resolve) => {
    const headers = body ? { "Content-Type": "application/json" } : {};
    const options = { host: "127.0.0.1", port, path, method, headers, agent: false };
    const asked = request({ ...options, timeout: patience }, (answer) => {
      let text = "";
      answer.on("data", (part) => (text += part));
      answer.on("end", () => resolve({ status: answer.statusCode, text }));
      answer.on("error", () => resolve({ status: 0, text }));
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", ({ message }) => resolve({ status: 0, text: message }));
    asked.end(body && JSON.stringify(body));
  });
}

/** Sends a command to a node each `period` ms; keeps what was accepted. */
export class Commander {
  constructor(gateway, { meshes, nodes, period }) {
    Object.assign(this, { gateway, meshes, nodes, period, sent: 0, accepted: [], refused: {} });
    this.ended = this.run();
  }

  async run() {
    for (; !this.closed; await wait(this.period)) {
      const number = ++this.sent;
      const mesh = this.meshes[number % this.meshes.length];
      const body = { kind: "send", node: 1 + ((number * 7) % this.nodes), text: `soak ${number}` };
      const path = `/api/v1/meshes/${mesh}/commands`;
      const { status, text } = await ask(this.gateway.webPort(), path, { method: "POST", body });
      if (status === 202)
        this.accepted.push({ id: JSON.parse(text).id, mesh, number, at: Date.now() });
      else this.refused[status] = (this.refused[status] ?? 0) + 1;
    }
  }

  async close() {
    this.closed = true;
    await this.ended;
  }
}

/** Asks for nodes again and again: how long it took in ms, and how often there was no answer. */
export class Asker {
  constructor(gateway, { mesh, period }) {
    Object.assign(this, { gateway, mesh, period, times: [], answers: {} });
    this.ended = this.run();
  }

  async run() {
    for (; !this.closed; await wait(this.period)) {
      const begin = performance.now();
      const path = `/api/v1/meshes/${this.mesh}/nodes?limit=5`;
      const { status } = await ask(this.gateway.webPort(), path);
      this.answers[status] = (this.answers[status] ?? 0) + 1;
      if (status === 200) this.times.push(performance.now() - begin);
    }
  }

  async close() {
    this.closed = true;
    await this.ended;
  }
}
