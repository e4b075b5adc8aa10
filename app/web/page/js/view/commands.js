import { duration, moment } from "../model/format.js";
import { CommandForm } from "./command_form.js";
import { byId, glyph, h, keyed, setAttribute, setGlyph, setHidden, setText } from "./dom.js";

const lookAfter = 1500; // ms after which the API is asked, when no event has told what became of it

/** Sends commands and shows what became of them. */
export class Commands {
  constructor(context) {
    this.context = context;
    this.form = new CommandForm(context, (...command) => this.send(...command));
  }

  /** Resolves to why it was refused, or null. */
  async send(mesh, body, label) {
    const { store, api } = this.context;
    let refused = null;
    try {
      const command = await api.send(mesh, body);
      store.commands.sent(command, label, api.now());
      this.follow(command.id);
    } catch (problem) {
      store.commands.refused(mesh, label, problem.message, api.now());
      refused = problem.message;
    }
    this.draw();
    return refused;
  }

  /** Events tell what becomes of a command; while there are none, the API is asked. */
  follow(id) {
    setTimeout(async () => {
      const { store, api } = this.context;
      const entry = store.commands.byId.get(id);
      if (entry?.state !== "accepted") return;
      try {
        store.commands.sent(await api.command(id), entry.label, api.now());
        this.draw();
      } catch (problem) {
        if (problem.status === 404) return;
      }
      this.follow(id);
    }, lookAfter);
  }

  show({ mesh }) {
    this.form.choose(mesh);
    this.draw();
  }

  render(changes) {
    if (changes.commands || changes.all) this.draw();
    if (changes.connection || changes.meshes) this.form.update();
  }

  tick() {
    this.draw();
  }

  draw() {
    const { store, api } = this.context;
    const now = api.now();
    const several = store.meshes.size > 1;
    setHidden(byId("command-empty"), store.commands.items.length > 0);
    keyed(
      byId("command-list"),
      store.commands.items,
      (entry) => entry.key,
      makeEntry,
      (item, entry) => writeEntry(item, entry, now, several),
    );
  }
}

const glyphs = {
  accepted: "silent",
  written: "up",
  expired: "noisy",
  failed: "down",
  refused: "down",
};

function makeEntry() {
  const words = h("div", {}, h("b"), h("span", { class: "note" }));
  return h("li", {}, glyph("silent"), words, h("strong", { class: "command-state" }));
}

function writeEntry(item, entry, now, several) {
  setAttribute(item, "data-state", entry.state);
  setAttribute(item, "data-command", entry.id);
  setGlyph(item.children[0], glyphs[entry.state] ?? "unknown");
  const [title, note] = item.children[1].children;
  const elsewhere = entry.node ? `From elsewhere, to node ${entry.node}` : "From elsewhere";
  setText(title, entry.label ?? elsewhere);
  setText(note, noteOf(entry, now, several));
  setText(item.children[2], entry.state);
}

function noteOf({ id, mesh, state, accepted, finished, deadline, text }, now, several) {
  const parts = [];
  if (id) parts.push(`No. ${id}`);
  if (several && mesh) parts.push(mesh);
  parts.push(moment(accepted, now));
  if (finished > accepted) parts.push(`took ${finished - accepted} ms`);
  if (state === "accepted" && deadline > now) parts.push(`expires in ${duration(deadline - now)}`);
  return parts.join(", ") + (text ? `: ${text}` : "");
}
