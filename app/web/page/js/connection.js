import { BackOff, subscription } from "./model/reconnect.js";

const pingEvery = 10e3; // a browser does not show pings of the gateway
const answerWithin = 6e3;

/**
 * The one WebSocket of the page. `state` is `connecting`, `live`, `reconnecting` or `token`;
 * `since` is when it began.
 */
export class Connection {
  constructor({ api, store, onMessage, onChange }) {
    Object.assign(this, { api, store, onMessage, onChange });
    this.backOff = new BackOff();
    this.state = "connecting";
    this.since = Date.now();
    this.retryAt = 0;
    this.timers = [];
    const hurry = () => this.hurry();
    addEventListener("online", hurry);
    document.addEventListener("visibilitychange", hurry);
  }

  set(state) {
    if (this.state === state) return;
    this.state = state;
    this.since = Date.now();
    this.onChange();
  }

  open() {
    this.stopTimers();
    this.retryAt = 0;
    const protocols = this.api.token ? ["xylem", `xylem.token.${this.api.token}`] : [];
    const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;
    try {
      this.socket = new WebSocket(url, protocols);
    } catch {
      this.needToken(); // A token with characters that no subprotocol has.
      return;
    }
    const { socket } = this;
    socket.onmessage = ({ data }) => socket === this.socket && this.receive(JSON.parse(data));
    socket.onclose = ({ code }) => socket === this.socket && this.lost(code);
    this.expectAnswer();
  }

  receive(message) {
    clearTimeout(this.deadline);
    if (message.type === "hello") this.subscribe(message);
    if (message.type === "result" && message.id === "subscribe") {
      if (message.ok) this.set("live");
      this.backOff.reset();
      this.pingLater();
    }
    if (message.type === "result" && message.id === "ping") this.pingLater();
    this.onMessage(message);
  }

  subscribe(hello) {
    const { store } = this;
    store.beginSnapshot();
    const knowsMeshes = (hello.meshes ?? []).every((name) => store.meshes.has(name));
    const request = subscription(hello, store.cursor, store.nodes.size > 0 && knowsMeshes);
    this.socket.send(JSON.stringify(request));
    this.expectAnswer();
  }

  pingLater() {
    clearTimeout(this.ping);
    this.ping = setTimeout(() => {
      if (this.socket.readyState !== WebSocket.OPEN) return;
      this.socket.send(JSON.stringify({ type: "ping", id: "ping" }));
      this.expectAnswer();
    }, pingEvery);
  }

  expectAnswer() {
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => this.drop(), answerWithin);
  }

  /** Without waiting for the closing handshake, which may never come. */
  drop() {
    const { socket } = this;
    this.socket = null;
    socket?.close();
    this.lost(1006);
  }

  lost(code) {
    this.stopTimers();
    this.socket = null;
    if (this.state === "token") return;
    this.set("reconnecting");
    const delay = this.backOff.next();
    this.retryAt = Date.now() + delay;
    this.retry = setTimeout(() => this.tryAgain(code), delay);
    this.onChange();
  }

  /** A refused handshake does not say why; the API does, and calls needToken() on 401. */
  async tryAgain(code) {
    if (code === 1006 || code === 1008) await this.api.status().catch(() => {});
    if (this.state !== "token" && !this.socket) this.open();
  }

  hurry() {
    if (document.hidden || this.state !== "reconnecting" || this.socket) return;
    this.backOff.reset();
    this.open();
  }

  needToken() {
    this.set("token");
    const { socket } = this;
    this.socket = null;
    socket?.close();
    this.stopTimers();
  }

  withToken() {
    this.state = "connecting";
    this.backOff.reset();
    this.open();
    this.onChange();
  }

  stopTimers() {
    for (const timer of [this.deadline, this.ping, this.retry]) clearTimeout(timer);
  }
}
