import { commandKinds, composeCommand, longestMessage, messageOf } from "../model/command.js";
import { confirmByWord } from "./dialogs.js";
import { byId, h, keyed, setAttribute, setHidden, setText } from "./dom.js";

/** Writes a command. `onSend` gets mesh, body and words, and resolves to why it was refused. */
export class CommandForm {
  constructor(context, onSend) {
    this.context = context;
    this.onSend = onSend;
    this.form = byId("command-form");
    this.makeFields();
    this.note = h("p", { class: "note" });
    this.error = h("p", { id: "command-error", class: "error", role: "alert" });
    this.button = h("button", { type: "submit", id: "command-send", class: "primary" });
    this.form.append(
      this.choices,
      this.meshField,
      this.nodeField,
      this.messageField,
      this.note,
      this.error,
      this.button,
    );
    this.form.addEventListener("input", () => {
      setText(this.error, "");
      this.update();
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.update();
  }

  makeFields() {
    const choice = ({ id, label }, i) =>
      h(
        "label",
        {},
        h("input", { type: "radio", name: "kind", value: id, checked: i === 0 }),
        h("span", { text: label }),
      );
    this.choices = h("fieldset", { class: "choices" }, h("legend", { text: "Command" }));
    this.choices.append(...commandKinds.map(choice));
    this.mesh = h("select", { id: "command-mesh" });
    this.meshField = field("Mesh", this.mesh);
    this.node = h("input", {
      id: "command-node",
      autocomplete: "off",
      placeholder: "5 or 0x0005",
      "aria-describedby": "command-error",
    });
    this.nodeField = field("Node", this.node);
    this.message = h("textarea", {
      id: "command-message",
      rows: 3,
      spellcheck: "false",
      "aria-describedby": "command-size command-error",
    });
    this.size = h("span", { id: "command-size", class: "note figure" });
    this.hex = h("input", { type: "checkbox", id: "command-hex" });
    const asHex = h("label", { class: "check" }, this.hex, h("span", { text: "as hex" }));
    this.messageField = field("Message", this.message);
    this.messageField.append(h("div", { class: "under" }, asHex, this.size));
  }

  get kind() {
    const { value } = this.choices.querySelector("input:checked");
    return commandKinds.find((kind) => kind.id === value);
  }

  /** Shows what the chosen command needs, and whether it may be sent. */
  update() {
    const { kind } = this;
    const { store } = this.context;
    const names = [...store.meshes.keys()];
    keyed(this.mesh, names, String, (name) => h("option", { value: name, text: name }));
    setHidden(this.meshField, names.length < 2);
    setHidden(this.nodeField, !kind.node);
    setHidden(this.messageField, !kind.message);
    setText(this.button, kind.word ? `${kind.label} …` : "Send");
    setAttribute(this.button, "data-danger", !!kind.word);
    const { bytes, error } = messageOf(this.message.value, this.hex.checked);
    setText(this.size, error ?? `${bytes} of ${longestMessage} bytes`);
    setAttribute(this.size, "data-mood", error || bytes > longestMessage ? "bad" : null);
    const scopes = store.hello?.scopes ?? [kind.scope];
    const allowed = scopes.includes(kind.scope);
    const refusal = `This needs the scope “${kind.scope}”; the token has ${scopes.join(", ")}.`;
    setText(this.note, allowed ? (kind.note ?? "") : refusal);
    this.button.disabled = !allowed || !!this.sending;
  }

  async submit() {
    const { kind } = this;
    const typed = { node: this.node.value, message: this.message.value, isHex: this.hex.checked };
    const { body, label, error, field: wrong } = composeCommand(kind, typed);
    setText(this.error, error ?? "");
    if (error) {
      this[wrong].focus();
      return;
    }
    const { meshes } = this.context.store;
    const mesh = this.mesh.value || [...meshes.keys()][0];
    const title = meshes.size > 1 ? `${label}: ${mesh}` : label;
    if (kind.word && !(await confirmByWord({ title, text: kind.note, word: kind.word }))) return;
    this.sending = true;
    this.update();
    const refused = await this.onSend(mesh, body, label);
    this.sending = false;
    setText(this.error, refused ?? "");
    if (!refused) this.message.value = "";
    this.update();
  }

  /** Begins a message to a node. */
  begin(node) {
    this.choices.querySelector("input[value=send]").checked = true;
    this.choose(node.mesh);
    this.node.value = node.address;
    this.update();
    this.message.focus();
  }

  choose(mesh) {
    this.update();
    if (mesh) this.mesh.value = mesh;
  }
}

function field(label, input) {
  return h("div", { class: "field" }, h("label", { for: input.id, text: label }), input);
}
