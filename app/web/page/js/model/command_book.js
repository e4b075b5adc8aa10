export const commandsKept = 200;

// An expired one may still turn out to be written.
const order = { accepted: 0, unknown: 1, expired: 1, failed: 1, written: 2 };

/** Commands that the page has sent or heard of, newest first. */
export class CommandBook {
  constructor() {
    this.items = [];
    this.byId = new Map();
    this.added = 0;
  }

  /** What the API answered to a command that was sent here; `label` says it in words. */
  sent(command, label, now) {
    const entry = this.entry(command.id, now);
    Object.assign(entry, {
      mesh: command.mesh ?? entry.mesh,
      kind: command.kind ?? entry.kind,
      node: command.node ?? entry.node,
      deadline: Date.parse(command.deadline),
      accepted: Date.parse(command.accepted) || entry.accepted,
      label,
      mine: true,
    });
    this.advance(entry, command.state, Date.parse(command.finished ?? ""), command.error);
    return entry;
  }

  /** A refused command has no id; it is shown all the same. */
  refused(mesh, label, reason, now) {
    const times = { accepted: now, finished: now };
    this.add({ id: null, mesh, label, mine: true, state: "refused", text: reason, ...times });
  }

  tell(event) {
    const entry = this.entry(event.id, event.time);
    entry.mesh ??= event.mesh;
    if (event.node) entry.node ??= event.node;
    this.advance(entry, event.state, event.time, event.text);
  }

  /** States only go forward: an answer may come after the event that is newer. */
  advance(entry, state, at, text) {
    if (state === "accepted" && at) entry.accepted = Math.min(entry.accepted ?? at, at);
    if (entry.state && order[state] <= order[entry.state]) return;
    entry.state = state;
    if (text) entry.text = typeof text === "string" ? text : (text.detail ?? text.title ?? "");
    if (state !== "accepted") entry.finished = at;
  }

  entry(id, now) {
    let entry = this.byId.get(id);
    if (!entry) {
      entry = { id, state: null, accepted: now, finished: NaN, text: "", mine: false };
      this.byId.set(id, entry);
      this.add(entry);
    }
    return entry;
  }

  add(entry) {
    entry.key = ++this.added;
    this.items.unshift(entry);
    if (this.items.length <= commandsKept) return;
    const gone = this.items.pop();
    if (gone.id !== null) this.byId.delete(gone.id);
  }

  /** Those of this page whose end is not known. */
  waiting() {
    return this.items.filter((entry) => entry.mine && entry.state === "accepted");
  }

  /** Ids start again with another epoch. */
  forgetIds() {
    this.byId.clear();
    for (const entry of this.items) if (entry.state === "accepted") entry.state = "unknown";
  }
}
