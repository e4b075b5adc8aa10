import { duration, moment, parseHex } from "../model/format.js";
import { parseNode } from "../model/event_log.js";
import { byId, glyph, h, keyed, setAttribute, setGlyph, setHidden, setText } from "./dom.js";
import { confirmByWord } from "./dialogs.js";

const longestMessage = 255;
const lookAfter = 1500; // ms after which the API is asked, when no event has told what became of it

const kinds = [
  { id: "send", label: "Send to a node", scope: "command", message: true, node: true },
  { id: "broadcast", label: "Broadcast", scope: "command", message: true },
  {
    id: "network_info",
    label: "Ask who is there",
    scope: "command",
    note: "The root names all nodes of its mesh.",
  },
  {
    id: "reset_root",
    label: "Restart the root",
    scope: "admin",
    word: "restart",
    note: "The root restarts. All nodes are disconnected until they are heard again.",
  },
  {
    id: "clean",
    label: "Clean the mesh",
    scope: "admin",
    word: "clean",
    note: "The root forgets its mesh. Nodes have to join again; this cannot be undone.",
  },
];

/** Writes commands and shows what became of them. */
export class Commands {
  constructor(context) {
    this.context = context;
    this.build();
    this.update();
  }

  build() {
    this.mesh = h("select", { id: "command-mesh" });
    this.meshField = field("Mesh", this.mesh, "command-mesh");
    this.choices = h(
      "fieldset",
      { class: "choices" },
      h("legend", { text: "Command" }),
      ...kinds.map(({ id, label }, i) =>
        h(
          "label",
          {},
          h("input", { type: "radio", name: "kind", value: id, checked: i === 0 }),
          h("span", { text: label }),
        ),
      ),
    );
    this.node = h("input", {
      id: "command-node",
      inputmode: "text",
      autocomplete: "off",
      placeholder: "5 or 0x0005",
      "aria-describedby": "command-error",
    });
    this.nodeField = field("Node", this.node, "command-node");
    this.message = h("textarea", {
      id: "command-message",
      rows: 3,
      spellcheck: "false",
      "aria-describedby": "command-size command-error",
    });
    this.size = h("span", { id: "command-size", class: "note figure" });
    this.hex = h("input", { type: "checkbox", id: "command-hex" });
    this.messageField = h(
      "div",
      { class: "field" },
      h("label", { for: "command-message", text: "Message" }),
      this.message,
      h(
        "div",
        { class: "under" },
        h("label", { class: "check" }, this.hex, h("span", { text: "as hex" })),
        this.size,
      ),
    );
    this.note = h("p", { class: "note" });
    this.error = h("p", { id: "command-error", class: "error", role: "alert" });
    this.button = h("button", {
      type: "submit",
      id: "command-send",
      class: "primary",
      text: "Send",
    });
    const form = byId("command-form");
    form.append(
      this.choices,
      this.meshField,
      this.nodeField,
      this.messageField,
      this.note,
      this.error,
      this.button,
    );
    form.addEventListener("input", () => this.update());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  get kind() {
    const { value } = this.choices.querySelector("input:checked");
    return kinds.find((kind) => kind.id === value);
  }

  /** What fits the chosen command, and what is wrong so far. */
  update() {
    const { kind } = this;
    const { store, route } = this.context;
    const names = [...store.meshes.keys()];
    keyed(
      this.mesh,
      names,
      (name) => name,
      (name) => h("option", { value: name, text: name }),
    );
    if (route.mesh && !this.meshTouched) this.mesh.value = route.mesh;
    setHidden(this.meshField, names.length < 2);
    setHidden(this.nodeField, !kind.node);
    setHidden(this.messageField, !kind.message);
    setText(this.note, kind.note ?? "");
    setText(this.button, kind.word ? `${kind.label} …` : "Send");
    setAttribute(this.button, "data-danger", kind.word ? "" : null);
    const content = this.content();
    setText(this.size, content.error ?? `${content.bytes} of ${longestMessage} bytes`);
    setAttribute(
      this.size,
      "data-mood",
      content.error || content.bytes > longestMessage ? "bad" : null,
    );
    const scopes = store.hello?.scopes;
    const allowed = !scopes || scopes.includes(kind.scope);
    this.button.disabled = !allowed;
    setText(
      this.error,
      allowed ? "" : `This needs the scope “${kind.scope}”; the token has ${scopes.join(", ")}.`,
    );
  }

  content() {
    const text = this.message.value;
    if (!this.hex.checked) return { text, bytes: new TextEncoder().encode(text).length };
    const { data, error } = parseHex(text);
    return error ? { error } : { data, bytes: data.length / 2 };
  }

  /** The body of the request and its words, or what is wrong. */
  compose() {
    const { kind } = this;
    const body = { kind: kind.id };
    let label = kind.label;
    if (kind.node) {
      const node = parseNode(this.node.value);
      if (node === null || !(node >= 0 && node <= 0xffff))
        return { error: "Which node? A number such as 5 or 0x0005.", at: this.node };
      body.node = node;
      label = `Send to node ${node}`;
    }
    if (kind.message) {
      const { error, text, data, bytes } = this.content();
      if (error) return { error, at: this.message };
      if (!bytes) return { error: "The message is empty.", at: this.message };
      if (bytes > longestMessage)
        return { error: `A message has at most ${longestMessage} bytes.`, at: this.message };
      if (data) body.data = data;
      else body.text = text;
      label += data ? `: ${data}` : `: “${text}”`;
    }
    if (kind.id === "clean") body.confirm = "clean";
    return { body, label };
  }

  async submit() {
    const { body, label, error, at } = this.compose();
    setText(this.error, error ?? "");
    if (error) {
      at.focus();
      return;
    }
    const { word, note } = this.kind;
    if (word && !(await confirmByWord({ title: label, text: note, word }))) return;
    const { store, api } = this.context;
    const mesh = this.mesh.value || [...store.meshes.keys()][0];
    this.button.disabled = true;
    try {
      const command = await api.send(mesh, body);
      store.commands.sent(command, label, api.now());
      this.follow(command.id);
      this.message.value = "";
    } catch (problem) {
      store.commands.refused(label, problem.message, api.now());
      setText(this.error, problem.message);
    }
    this.button.disabled = false;
    const said = this.error.textContent;
    this.update();
    if (said) setText(this.error, said);
    this.draw();
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

  composeFor(node) {
    this.choices.querySelector("input[value=send]").checked = true;
    this.mesh.value = node.mesh;
    this.node.value = node.address;
    this.update();
    this.message.focus();
  }

  show() {
    this.update();
    this.draw();
  }

  render(changes) {
    if (changes.commands || changes.all) this.draw();
    if (changes.connection || changes.meshes) this.update();
  }

  tick() {
    this.draw();
  }

  draw() {
    const { store, api } = this.context;
    const now = api.now();
    setHidden(byId("command-empty"), store.commands.items.length > 0);
    keyed(
      byId("command-list"),
      store.commands.items,
      (entry) => (entry.order ??= store.commands.items.length + Math.random()),
      makeEntry,
      (item, entry) => writeEntry(item, entry, now),
    );
  }
}

const glyphs = {
  accepted: "silent",
  written: "up",
  expired: "noisy",
  failed: "down",
  refused: "down",
  unknown: "unknown",
};

function makeEntry() {
  return h(
    "li",
    {},
    glyph("silent"),
    h("div", {}, h("b"), h("span", { class: "note" })),
    h("strong", { class: "command-state" }),
  );
}

function writeEntry(item, entry, now) {
  setAttribute(item, "data-state", entry.state);
  setAttribute(item, "data-command", entry.id);
  setGlyph(item.children[0], glyphs[entry.state] ?? "unknown");
  const [title, note] = item.children[1].children;
  const node = entry.node ? ` to node ${entry.node}` : "";
  setText(title, entry.label ?? `${entry.mine ? "" : "Somebody’s command"}${node}`);
  const number = entry.id ? `No. ${entry.id}, ` : "";
  const took =
    Number.isFinite(entry.finished) && entry.id
      ? `, took ${entry.finished - entry.accepted} ms`
      : "";
  const left =
    entry.state === "accepted" && entry.deadline > now
      ? `, expires in ${duration(entry.deadline - now)}`
      : "";
  setText(
    note,
    `${number}${moment(entry.accepted, now)}${took}${left}${entry.text ? `: ${entry.text}` : ""}`,
  );
  setText(item.children[2], entry.state);
}

function field(label, input, id) {
  return h("div", { class: "field" }, h("label", { for: id, text: label }), input);
}
