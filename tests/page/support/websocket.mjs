import { createHash, randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { connect } from "node:net";

const magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
export const acceptKey = (key) =>
  createHash("sha1")
    .update(key + magic)
    .digest("base64");

/** One end of a WebSocket on a connected socket: emits `text` and `close`. Text only. */
export class Peer extends EventEmitter {
  constructor(socket, { masks, head = Buffer.alloc(0) }) {
    super();
    this.socket = socket;
    this.masks = masks;
    this.buffer = head;
    this.parts = [];
    socket.on("data", (data) => this.take(data));
    socket.on("close", () => this.emit("close"));
    socket.on("error", () => socket.destroy());
    if (head.length) setImmediate(() => this.take(Buffer.alloc(0)));
  }

  send(message) {
    this.frame(1, Buffer.from(typeof message === "string" ? message : JSON.stringify(message)));
  }

  close() {
    this.socket.destroy();
  }

  frame(opcode, payload) {
    if (this.socket.destroyed) return;
    const mask = this.masks ? 0x80 : 0;
    const n = payload.length;
    const head =
      n < 126
        ? Buffer.from([0x80 | opcode, mask | n])
        : n < 65536
          ? Buffer.from([0x80 | opcode, mask | 126, n >> 8, n & 255])
          : Buffer.concat([Buffer.from([0x80 | opcode, mask | 127]), bigEndian(n)]);
    const key = this.masks ? randomBytes(4) : Buffer.alloc(0);
    const body = this.masks ? payload.map((byte, i) => byte ^ key[i & 3]) : payload;
    this.socket.write(Buffer.concat([head, key, body]));
  }

  take(data) {
    this.buffer = Buffer.concat([this.buffer, data]);
    for (let frame; (frame = this.next()); ) this.handle(frame);
  }

  next() {
    const { buffer } = this;
    if (buffer.length < 2) return null;
    const masked = buffer[1] & 0x80;
    let n = buffer[1] & 0x7f;
    let at = 2;
    if (n === 126) [n, at] = buffer.length < 4 ? [Infinity, 4] : [buffer.readUInt16BE(2), 4];
    else if (n === 127)
      [n, at] = buffer.length < 10 ? [Infinity, 10] : [Number(buffer.readBigUInt64BE(2)), 10];
    const key = masked ? buffer.subarray(at, at + 4) : null;
    if (masked) at += 4;
    if (buffer.length < at + n) return null;
    const payload = Buffer.from(buffer.subarray(at, at + n));
    if (key) for (let i = 0; i < n; ++i) payload[i] ^= key[i & 3];
    this.buffer = buffer.subarray(at + n);
    return { fin: buffer[0] & 0x80, opcode: buffer[0] & 15, payload };
  }

  handle({ fin, opcode, payload }) {
    if (opcode === 8) {
      this.code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      this.frame(8, payload);
      this.socket.end();
    } else if (opcode === 9) {
      this.frame(10, payload);
    } else if (opcode < 3) {
      this.parts.push(payload);
      if (!fin) return;
      const text = Buffer.concat(this.parts).toString();
      this.parts = [];
      this.emit("text", text);
    }
  }
}

function bigEndian(n) {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(n));
  return out;
}

/** A client of ws://host:port/path. Rejects when the handshake is refused. */
export function openWebSocket(port, path = "/ws") {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const key = randomBytes(16).toString("base64");
    let got = Buffer.alloc(0);
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("closed")));
    socket.on("connect", () =>
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      ),
    );
    const read = (data) => {
      got = Buffer.concat([got, data]);
      const end = got.indexOf("\r\n\r\n");
      if (end < 0) return;
      socket.off("data", read);
      const head = got.subarray(0, end).toString();
      if (!head.startsWith("HTTP/1.1 101")) reject(new Error(head.split("\r\n")[0]));
      else resolve(new Peer(socket, { masks: true, head: got.subarray(end + 4) }));
    };
    socket.on("data", read);
  });
}
