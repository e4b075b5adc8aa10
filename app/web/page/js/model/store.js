import { Mesh } from "./mesh.js";
import { Node, nodeKey, readingOf } from "./node.js";
import { CommandBook } from "./command_book.js";
import { EventLog } from "./event_log.js";

/** What happened beside nodes: links, restarts of roots, incidents and gaps that are kept. */
export const marksKept = 500;

/** A list of what has changed since it was taken last. */
class Changes {
  nodes = new Set();
  structure = false; // nodes have come or gone
  meshes = false;
  log = false;
  commands = false;
  incidents = false;
  connection = false;
}

/**
 * Everything the page knows. Messages of the gateway go in, views read. It knows no DOM and no
 * clock: `now` is page time in milliseconds.
 */
export class Store {
  constructor({ maxEvents } = {}) {
    this.hello = null;
    this.status = null;
    this.cursor = null; // {epoch, seq}: where to go on after
    this.meshes = new Map();
    this.nodes = new Map();
    this.log = new EventLog(maxEvents);
    this.commands = new CommandBook();
    this.incidents = [];
    this.marks = []; // oldest first
    this.round = 0;
    this.events = 0;
    this.duplicates = 0;
    this.onEvent = null; // (event) for each that is applied
    this.onReading = null; // (node, reading) for each that is new
    this.changes = new Changes();
  }

  takeChanges() {
    const taken = this.changes;
    this.changes = new Changes();
    return taken;
  }

  mesh(name) {
    let mesh = this.meshes.get(name);
    if (!mesh) {
      mesh = new Mesh(name);
      this.meshes.set(name, mesh);
      this.changes.meshes = true;
    }
    return mesh;
  }

  node(meshName, address) {
    const key = nodeKey(meshName, address);
    let node = this.nodes.get(key);
    if (!node) {
      this.mesh(meshName);
      node = new Node(meshName, address);
      node.round = this.round;
      this.nodes.set(key, node);
      this.changes.structure = true;
    }
    this.changes.nodes.add(node);
    return node;
  }

  apply(message, now) {
    switch (message.type) {
      case "hello":
        if (this.hello && this.hello.epoch !== message.epoch) this.commands.forgetIds();
        this.hello = message;
        for (const name of message.meshes ?? []) this.mesh(name);
        this.changes.connection = true;
        break;
      case "snapshot":
        this.applySnapshot(message);
        break;
      case "events":
        for (const event of message.events) this.applyEvent(event, now);
        if (message.cursor) this.cursor = message.cursor;
        break;
      case "result":
        if (message.ok && message.epoch && !this.cursor)
          this.cursor = { epoch: message.epoch, seq: message.seq };
        break;
    }
  }

  /** A snapshot is on its way: who is not named in it is gone. */
  beginSnapshot() {
    ++this.round;
  }

  applySnapshot({ mesh, nodes, last }) {
    for (const said of nodes) {
      const node = this.node(mesh, said.address);
      node.replace(said);
      node.round = this.round;
    }
    if (!last) return;
    for (const node of this.nodes.values()) if (node.round < this.round) this.remove(node);
  }

  remove(node) {
    this.nodes.delete(node.key);
    this.changes.structure = true;
  }

  applyEvent(said, now) {
    const event = { ...said, time: Date.parse(said.time) };
    if (this.isKnown(event)) {
      ++this.duplicates;
      return;
    }
    // What is known says nothing about what follows a gap; the message's own cursor does.
    this.cursor = event.kind === "gap" ? null : { epoch: event.epoch, seq: event.seq };
    ++this.events;
    this.onEvent?.(event);
    this.log.push(event);
    this.changes.log = true;
    this.dispatch(event, now);
  }

  isKnown({ epoch, seq, kind }) {
    return kind !== "gap" && this.cursor?.epoch === epoch && seq <= this.cursor.seq;
  }

  dispatch(event, now) {
    switch (event.kind) {
      case "reading": {
        const node = this.node(event.mesh, event.node);
        const reading = readingOf(event);
        if (node.read(reading)) this.onReading?.(node, reading);
        break;
      }
      case "message":
      case "request":
        this.node(event.mesh, event.node).say(event.kind, event);
        break;
      case "node_joined":
      case "node_changed": {
        const node = this.node(event.mesh, event.node);
        if (event.uuid) node.uuid = event.uuid;
        node.status = event.state;
        ++node.version;
        break;
      }
      case "link_changed":
        this.mesh(event.mesh).tell(event, now);
        this.changes.meshes = true;
        this.mark(event);
        break;
      case "root_restarted":
        this.mark(event);
        break;
      case "command":
        this.commands.tell(event);
        this.changes.commands = true;
        break;
      case "incident":
        this.mark(event);
        break;
      case "gap":
        this.mark(event);
        this.beginSnapshot();
        break;
    }
  }

  mark({ kind, mesh, time, state, text, count, reason }) {
    this.marks.push({ kind, mesh, time, state, text, count, reason });
    if (this.marks.length > marksKept) this.marks.shift();
    this.changes.incidents = true;
  }

  /** The answer of /api/v1/status; `asked` is when the page asked. */
  applyStatus(status, asked, now) {
    this.status = status;
    for (const mesh of status.meshes ?? []) this.mesh(mesh.name).report(mesh, asked, now);
    this.changes.meshes = true;
  }

  applyIncidents(incidents) {
    this.incidents = incidents.map((incident) => ({
      ...incident,
      start: Date.parse(incident.start),
      end: incident.end ? Date.parse(incident.end) : null,
    }));
    this.changes.incidents = true;
  }

  /** Of one mesh, or of all. */
  counts(meshName) {
    const counts = { total: 0, active: 0, idle: 0, disconnected: 0 };
    for (const node of this.nodes.values()) {
      if (meshName && node.mesh !== meshName) continue;
      ++counts.total;
      ++counts[node.status];
    }
    return counts;
  }
}
