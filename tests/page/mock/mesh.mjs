/** A made-up mesh: nodes that move around a place and measure, without randomness between runs. */
export class MockMesh {
  constructor(name, count, { undeclared = false } = {}) {
    this.name = name;
    this.undeclared = undeclared;
    this.readings = 0;
    this.random = seeded(name.length * 7919 + count);
    this.nodes = Array.from({ length: count }, (_, i) => this.makeNode(i + 1));
    this.frames = 0;
    this.link = {
      state: "up",
      reason: "frames are decoded",
      port: "/dev/ttyUSB0",
      since: iso(Date.now() - 3.2e6),
    };
  }

  makeNode(address) {
    const r = this.random;
    const angle = r() * 2 * Math.PI;
    const reach = Math.sqrt(r()) * 0.02;
    const status = address % 23 === 11 ? "disconnected" : address % 9 === 7 ? "idle" : "active";
    return {
      address,
      status,
      heard: true,
      name: address % 3 ? "" : `probe-${address}`,
      uuid: address.toString(16).padStart(32, "0"),
      longitude: 8.41 + Math.cos(angle) * reach * 1.5,
      latitude: 49.01 + Math.sin(angle) * reach,
      heading: r() * 7,
      battery: 20 + r() * 80,
      celsius: 5 + r() * 20,
      history: { GPS: [], TMP: [], BAT: [], DYN: [] },
      counters: { frames: 0, readings: 0, messages: 0, requests: 0, malformed: 0 },
      first_heard: iso(Date.now() - 3e6),
      last_heard: iso(Date.now() - (status === "active" ? 500 : status === "idle" ? 90e3 : 4e5)),
    };
  }

  /** Lets a node measure; its readings as events without epoch and seq. */
  measure(node, at = Date.now()) {
    const r = this.random;
    node.heading += (r() - 0.5) * 0.6;
    node.longitude += Math.cos(node.heading) * 4e-5;
    node.latitude += Math.sin(node.heading) * 3e-5;
    node.celsius += (r() - 0.5) * 0.3;
    node.battery = Math.max(5, node.battery - 0.02);
    node.last_heard = iso(at);
    node.status = "active";
    ++node.counters.frames;
    ++this.frames;
    const lon = Math.round(node.longitude * 1e5);
    const lat = Math.round(node.latitude * 1e5);
    const tmp = Math.round(node.celsius * 100);
    const bat = Math.round(node.battery);
    return [
      this.reading(node, at, "GPS", hex(lon, 3) + hex(lat, 3), {
        longitude: lon / 1e5,
        latitude: lat / 1e5,
      }),
      this.reading(
        node,
        at,
        "TMP",
        hex(tmp, 2),
        this.undeclared ? undefined : { celsius: tmp / 100 },
      ),
      this.reading(node, at, "BAT", hex(bat, 1), this.undeclared ? undefined : { percent: bat }),
      this.reading(node, at, "DYN", hex(Math.floor(r() * 2 ** 40), 8), undefined),
    ];
  }

  reading(node, at, type, data, value) {
    const seq = ++this.readings;
    ++node.counters.readings;
    const history = node.history[type];
    history.push({ seq, time: iso(at), type, data, value });
    if (history.length > 128) history.shift();
    return {
      kind: "reading",
      mesh: this.name,
      time: iso(at),
      node: node.address,
      type,
      data,
      value,
      reading: seq,
    };
  }

  object({ address, uuid, name, status, heard, first_heard, last_heard, counters, history }) {
    return {
      address,
      uuid,
      name,
      status,
      heard,
      first_heard,
      last_heard,
      counters,
      types: Object.keys(history).filter((t) => history[t].length),
    };
  }

  withReadings(node) {
    const readings = Object.values(node.history)
      .filter((h) => h.length)
      .map((h) => ({ ...h.at(-1), node: node.address, age: 0, status: node.status }));
    return { ...this.object(node), readings };
  }

  status() {
    const n = { total: this.nodes.length, active: 0, idle: 0, disconnected: 0 };
    for (const node of this.nodes) ++n[node.status];
    const none = { count: 0, bytes: 0 };
    const rejects = this.rejects ?? {
      truncated: none,
      stray_end: none,
      bad_escape: { count: 3, bytes: 61 },
      oversize: none,
      empty: none,
      malformed: none,
    };
    if (this.name.includes("/")) return this.followedStatus(n);
    return {
      name: this.name,
      dialect: "classic",
      link: { ...this.link, last_frame: this.nodes.length ? this.nodes[0].last_heard : null },
      uart: {
        bytes_read: this.frames * 51,
        frames: this.frames,
        frame_bytes: this.frames * 44,
        console_bytes: 640,
        pending_bytes: 0,
        rejects,
        bytes_written: 48,
        transmit_queue: { commands: 0, bytes: 0 },
        console: { lines: 12, suppressed: 0, cut: 0 },
      },
      commands: { accepted: 4, waiting: 0, written: 4, expired: 0, failed: 0, refused: 0 },
      nodes: n,
      data_types: [{ code: "GPS", fields: [] }],
      clients: { address: "127.0.0.1:5001", connected: 2, listeners: 1, limit: 1024 },
    };
  }

  /** Of a mesh elsewhere its line is not known. */
  followedStatus(nodes) {
    return {
      name: this.name,
      dialect: "classic",
      link: { state: this.link.state, reason: this.link.reason },
      uart: {},
      nodes,
      data_types: [{ code: "GPS", fields: [] }],
      clients: {},
    };
  }
}

export const iso = (ms) => new Date(ms).toISOString();
const hex = (n, bytes) => (n < 0 ? n + 2 ** (8 * bytes) : n).toString(16).padStart(2 * bytes, "0");

function seeded(state) {
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
