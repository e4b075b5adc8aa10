import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { acceptKey, Peer } from "../support/websocket.mjs";
import { iso, MockMesh } from "./mesh.mjs";

const page = fileURLToPath(new URL("../../../app/web/page/", import.meta.url));
const mime = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A gateway of protocol/WEB.md as far as the page needs it: for meshes that no simulator makes. */
export class MockGateway {
  constructor({
    meshes = [["default", 8]],
    token = null,
    updates = 0,
    undeclared = false,
    incidents = [],
    recorder = null,
  } = {}) {
    this.meshes = meshes.map(([name, count]) => new MockMesh(name, count, { undeclared }));
    this.token = token;
    this.epoch = Date.now();
    this.seq = 0;
    this.ring = [];
    this.peers = new Set();
    this.incidents = incidents;
    this.recorder = recorder;
    this.asked = []; // of histories: the queries
    this.commands = [];
    this.updates = updates;
    this.next = 0;
  }

  async listen(port = 0) {
    this.server = createServer((request, response) => this.answer(request, response));
    this.server.on("upgrade", (request, socket) => this.upgrade(request, socket));
    await new Promise((resolve) => this.server.listen(port, "127.0.0.1", resolve));
    if (this.updates) this.timer = setInterval(() => this.tick(), 50);
    return `http://127.0.0.1:${this.server.address().port}/`;
  }

  close() {
    clearInterval(this.timer);
    for (const peer of this.peers) peer.close();
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  tick() {
    const out = [];
    for (let i = 0; i < this.updates / 20; ++i) {
      const mesh = this.meshes[this.next % this.meshes.length];
      if (mesh.link.state === "down" || !mesh.nodes.length) return void ++this.next;
      const node = mesh.nodes[Math.floor(this.next++ / this.meshes.length) % mesh.nodes.length];
      if (node.status === "active") out.push(...mesh.measure(node));
    }
    this.publish(out);
  }

  publish(events) {
    if (!events.length) return;
    const numbered = events.map((event) => ({
      epoch: this.epoch,
      seq: ++this.seq,
      time: iso(Date.now()),
      ...event,
    }));
    this.ring.push(...numbered);
    if (this.ring.length > 4000) this.ring.splice(0, this.ring.length - 4000);
    for (const peer of this.peers) if (peer.subscribed) this.tell(peer, numbered);
  }

  tell(peer, events) {
    peer.send({ type: "events", cursor: { epoch: this.epoch, seq: this.seq }, events });
  }

  link(name, state, reason) {
    const mesh = this.meshes.find((m) => m.name === name);
    Object.assign(mesh.link, { state, reason });
    this.publish([{ kind: "link_changed", mesh: name, state, text: reason }]);
  }

  upgrade(request, socket) {
    const offered = (request.headers["sec-websocket-protocol"] ?? "").split(/,\s*/);
    if (this.token && !offered.includes(`xylem.token.${this.token}`)) {
      socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const protocol = offered.includes("xylem") ? "Sec-WebSocket-Protocol: xylem\r\n" : "";
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${protocol}Sec-WebSocket-Accept: ${acceptKey(request.headers["sec-websocket-key"])}\r\n\r\n`,
    );
    const peer = new Peer(socket, { masks: false });
    this.peers.add(peer);
    peer.on("close", () => this.peers.delete(peer));
    peer.on("text", (text) => this.request(peer, JSON.parse(text)));
    peer.send({
      type: "hello",
      version: "0.1.0",
      epoch: this.epoch,
      seq: this.seq,
      meshes: this.meshes.map((m) => m.name),
      scopes: ["read", "command", "admin"],
    });
  }

  request(peer, { type, id, cursor, snapshot }) {
    if (type !== "subscribe") return peer.send({ type: "result", id, ok: true });
    const from = cursor?.epoch === this.epoch ? cursor.seq : null;
    peer.send({ type: "result", id, ok: true, epoch: this.epoch, seq: from ?? this.seq });
    const first = this.ring[0]?.seq ?? 1;
    const possible = from !== null && from + 1 >= first;
    if (cursor && !possible)
      this.tell(peer, [
        {
          kind: "gap",
          epoch: this.epoch,
          seq: this.seq,
          time: iso(Date.now()),
          from: 1,
          to: this.seq,
          count: this.seq,
          reason: "overwritten",
        },
      ]);
    if (snapshot || !possible) this.snapshot(peer);
    if (possible)
      this.tell(
        peer,
        this.ring.filter((event) => event.seq > from),
      );
    peer.subscribed = true;
  }

  snapshot(peer) {
    this.meshes.forEach((mesh, m) => {
      for (let i = 0; i === 0 || i < mesh.nodes.length; i += 200) {
        const nodes = mesh.nodes.slice(i, i + 200).map((node) => mesh.withReadings(node));
        peer.send({
          type: "snapshot",
          mesh: mesh.name,
          nodes,
          last: m === this.meshes.length - 1 && i + 200 >= mesh.nodes.length,
        });
      }
    });
  }

  async answer(request, response) {
    const url = new URL(request.url, "http://x");
    const json = (status, body) => {
      response.writeHead(status, {
        "Content-Type": status < 400 ? "application/json" : "application/problem+json",
      });
      response.end(JSON.stringify(body));
    };
    if (!url.pathname.startsWith("/api/")) return this.asset(url.pathname, response);
    if (this.token && request.headers.authorization !== `Bearer ${this.token}`)
      return json(401, {
        type: "urn:xylem:token-unknown",
        title: "Token Unknown",
        status: 401,
        detail: "this token is not known here",
      });
    const parts = url.pathname.split("/").slice(3).map(decodeURIComponent);
    const body = [];
    for await (const part of request) body.push(part);
    const [status, answer] = this.api(
      parts,
      Buffer.concat(body).toString(),
      url.searchParams,
    );
    json(status, answer);
  }

  api([what, name, , address, , type], body, query) {
    const missing = [
      404,
      {
        type: "urn:xylem:not-found",
        title: "Not Found",
        status: 404,
        detail: "there is no such thing",
      },
    ];
    if (what === "status") return [200, this.status()];
    if (what === "incidents") return [200, { incidents: this.incidents }];
    if (what === "commands")
      return this.commands[name - 1] ? [200, this.commands[name - 1]] : missing;
    const mesh = this.meshes.find((m) => m.name === name);
    if (!mesh) return missing;
    if (body) return this.command(mesh, JSON.parse(body));
    const node = mesh.nodes.find((n) => n.address === Number(address));
    if (!node) return missing;
    if (type) return [200, this.history(node.history[type] ?? [], query)];
    return [200, mesh.object(node)];
  }

  history(readings, query) {
    this.asked.push(query.toString());
    const from = Number(query.get("from") ?? 0) * 1000;
    const step = Number(query.get("step") ?? 0) * 1000;
    const found = readings.filter(({ time }) => Date.parse(time) >= from);
    const told = this.recorder?.state === "degraded" ? { complete: false } : {};
    if (step) return { step: step / 1000, buckets: bucketsOf(found, step), ...told };
    const newest = found.slice(-Number(query.get("limit"))).reverse();
    const next = newest.length < found.length ? { next: String(newest.at(-1).seq) } : {};
    return { readings: newest, ...next, ...told };
  }

  command(mesh, { kind, node = 0 }) {
    if (mesh.link.state === "down")
      return [
        503,
        {
          type: "urn:xylem:no-serial-connection",
          title: "No Serial Connection",
          status: 503,
          detail: `the port of mesh "${mesh.name}" is not open`,
        },
      ];
    const id = this.commands.length + 1;
    const now = Date.now();
    const command = {
      id,
      mesh: mesh.name,
      kind,
      node,
      state: "accepted",
      accepted: iso(now),
      deadline: iso(now + 1e4),
      finished: null,
    };
    this.commands.push(command);
    const tell = (state) =>
      this.publish([{ kind: "command", mesh: mesh.name, id, node, state, text: "" }]);
    tell("accepted");
    setTimeout(() => {
      Object.assign(command, { state: "written", finished: iso(Date.now()) });
      tell("written");
    }, 150).unref();
    return [202, { ...command }];
  }

  status() {
    const actors = [
      "event_hub",
      ...this.meshes.flatMap(({ name }) =>
        ["node_cache", "network_manager", "socket_server", "uart"].map((role) => `${role}/${name}`),
      ),
    ];
    return {
      version: "0.1.0",
      state: "ok",
      uptime_seconds: (Date.now() - this.epoch) / 1000 + 7000,
      pid: 1,
      actors: actors.map((name) => ({ name, state: "running", waits_for: "", restarts: 0 })),
      incidents: { total: this.incidents.length, recent: [] },
      meshes: this.meshes.map((mesh) => mesh.status()),
      events: { epoch: this.epoch, seq: this.seq },
      ...(this.recorder ? { recorder: this.recorder } : {}),
    };
  }

  async asset(path, response) {
    const file = join(page, normalize(path === "/" ? "/index.html" : path));
    try {
      const content = await readFile(file);
      response.writeHead(200, {
        "Content-Type": mime[extname(file)] ?? "application/octet-stream",
        "Content-Security-Policy": policy,
        "Cache-Control": "no-cache",
      });
      response.end(content);
    } catch {
      response.writeHead(404);
      response.end();
    }
  }
}

/** As protocol/WEB.md §1.5 has them. */
function bucketsOf(readings, step) {
  const buckets = new Map();
  for (const { time, value } of readings) {
    const begin = Math.floor(Date.parse(time) / step) * step;
    if (!buckets.has(begin)) buckets.set(begin, { time: iso(begin), count: 0, fields: {} });
    const bucket = buckets.get(begin);
    ++bucket.count;
    for (const [name, y] of Object.entries(value ?? {})) {
      const field = (bucket.fields[name] ??= { count: 0, min: y, max: y, mean: 0, last: y });
      field.mean = (field.mean * field.count + y) / ++field.count;
      Object.assign(field, { min: Math.min(field.min, y), max: Math.max(field.max, y), last: y });
    }
    if (!value) delete bucket.fields;
  }
  return [...buckets.values()];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const gateway = new MockGateway({
    meshes: [["default", Number(process.argv[2] ?? 8)]],
    updates: Number(process.argv[3] ?? 20),
  });
  console.log(await gateway.listen());
}
