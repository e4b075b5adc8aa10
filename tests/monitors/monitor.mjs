// A monitor as protocol/MONITOR.md tells it to be: follows one gateway over any number of
// connections, and notes what it was told.
import { connect } from "node:tls";
import { BaspPeer } from "./basp.mjs";
import { eventKinds, everyKind } from "./messages.mjs";

export const alpn = "xylem-monitor/1";
export const protocol = 1;
const window = 2048; // events
const pingAfter = 5000; // ms
const again = 100; // ms

export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * `identity` has what a node has: ca, cert, key. Resolves when our side of the handshake is done; a
 * gate that refuses us closes the connection later.
 */
export function openTls(port, identity, options = {}) {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: "127.0.0.1",
      port,
      minVersion: "TLSv1.3",
      ALPNProtocols: [alpn],
      checkServerIdentity: () => undefined, // any name of our authority will do
      ...identity,
      ...options,
    });
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("closed")));
  });
}

/** A connection on which BASP has been begun by both sides; `first` is what is said for our part. */
export async function openPeer(port, identity, options, first) {
  const peer = new BaspPeer(await openTls(port, identity, options));
  await new Promise((resolve, reject) => {
    peer.once("introduced", resolve);
    peer.once("end", () => reject(peer.error ?? new Error("closed before its handshake")));
  });
  if (first) peer.write(first(peer));
  else peer.introduce();
  return peer;
}

export const hello = (name, instance, changes = {}) => ({
  protocol,
  software: "monitors.test 1",
  name,
  instance,
  serves: [instance],
  ...changes,
});

/** Notes every event; what is wrong with their order is in `faults`. */
export class Monitor {
  constructor({ name, identity, port, localAddress }) {
    Object.assign(this, { name, identity, port, localAddress });
    this.instance = BigInt(Math.floor(Math.random() * 2 ** 50));
    this.serial = 0;
    this.connections = 0;
    this.events = 0;
    this.messages = []; // of kind message: node and data as hex
    this.gaps = [];
    this.faults = [];
    this.ended = this.run();
  }

  async run() {
    while (!this.closed) {
      try {
        await this.follow();
      } catch (error) {
        this.lastError = error;
      }
      if (!this.closed) await wait(again);
    }
  }

  async follow() {
    const options = this.localAddress ? { localAddress: this.localAddress } : {};
    const peer = await openPeer(await this.port(), this.identity, options);
    this.peer = peer;
    const ended = new Promise((resolve) => peer.once("end", resolve));
    peer.on("message", (type, value) => type === "event_page" && this.take(value));
    this.gateway = await peer.ask("monitor_hello", hello(this.name, this.instance));
    if (this.gateway.refused) throw new Error(this.gateway.refused);
    await this.subscribe(peer);
    ++this.connections;
    const pings = setInterval(() => this.ping(peer), pingAfter);
    await ended;
    clearInterval(pings);
  }

  async subscribe(peer) {
    this.handled = 0;
    const answer = await peer.ask("monitor_subscription", {
      serial: ++this.serial,
      kinds: everyKind,
      policy: 1,
      from: this.cursor,
      credit: window,
    });
    if (answer.problem) throw new Error(answer.problem);
    this.cursor ??= answer.newest;
  }

  async ping(peer) {
    const { nonce } = await peer.ask("ping", { nonce: 7n }).catch(() => ({ nonce: 7n }));
    if (nonce !== 7n) this.faults.push(`a pong with nonce ${nonce}`);
  }

  take(page) {
    if (page.serial !== this.serial) return;
    if (page.gap) this.takeGap(page.gap);
    for (const event of page.events) this.takeEvent(event, page.reached.epoch);
    if (page.reached.epoch === this.cursor.epoch && page.reached.seq < this.cursor.seq)
      this.faults.push(`back from ${this.cursor.seq} to ${page.reached.seq}`);
    this.cursor = page.reached;
    this.newest = page.newest;
    this.handled += page.events.length;
    if (this.handled < window / 2) return;
    this.peer.say("credit_grant", { serial: this.serial, events: this.handled });
    this.handled = 0;
  }

  takeGap(gap) {
    this.gaps.push(gap);
    this.cursor = { epoch: this.cursor.epoch, seq: BigInt(gap.to) };
  }

  /** All kinds are subscribed: numbers have no holes. */
  takeEvent(event, epoch) {
    ++this.events;
    const seq = BigInt(event.seq);
    if (epoch === this.cursor.epoch && seq !== this.cursor.seq + 1n)
      this.faults.push(`${seq} after ${this.cursor.seq}`);
    this.cursor = { epoch, seq };
    if (eventKinds[event.kind] === "message")
      this.messages.push(`${event.node} ${event.data.toString("hex")}`);
  }

  async close() {
    this.closed = true;
    this.peer?.stream.destroy();
    await this.ended;
  }
}
