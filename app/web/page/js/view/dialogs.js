import { byId, h, setText } from "./dom.js";

/** Asks for a word to be typed; resolves to whether it was. */
export function confirmByWord({ title, text, word }) {
  const dialog = byId("confirm-dialog");
  const input = h("input", {
    id: "confirm-word",
    autocomplete: "off",
    spellcheck: "false",
    autocapitalize: "off",
  });
  const yes = h("button", {
    type: "submit",
    class: "primary",
    "data-danger": true,
    disabled: true,
    text: title,
  });
  const form = h(
    "form",
    { method: "dialog" },
    h("h2", { id: "confirm-title", text: title }),
    h("p", { text }),
    h("label", { for: "confirm-word" }, "Type ", h("code", { text: word }), " to go on"),
    input,
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", text: "Cancel", onclick: () => dialog.close() }),
      yes,
    ),
  );
  dialog.replaceChildren(form);
  input.addEventListener("input", () => (yes.disabled = input.value.trim() !== word));
  return new Promise((resolve) => {
    let said = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      said = input.value.trim() === word;
      dialog.close();
    });
    dialog.addEventListener("close", () => resolve(said), { once: true });
    dialog.showModal();
    input.focus();
  });
}

/** Asks for a token until one is taken; `onToken` gets it. */
export class TokenDialog {
  constructor(onToken) {
    this.dialog = byId("token-dialog");
    this.input = h("input", {
      id: "token",
      type: "password",
      autocomplete: "off",
      spellcheck: "false",
    });
    this.why = h("p", { class: "error", role: "alert" });
    const form = h(
      "form",
      { method: "dialog" },
      h("h2", { id: "token-title", text: "A token is needed" }),
      h(
        "p",
        {},
        "This gateway is protected. Make a token with ",
        h("code", { text: "xylem token create NAME --scope read" }),
        " where it runs. It is kept until this tab is closed.",
      ),
      h("label", { for: "token", text: "Token" }),
      this.input,
      this.why,
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "submit", class: "primary", text: "Connect" }),
      ),
    );
    this.dialog.append(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const token = this.input.value.trim();
      if (!token) return;
      this.dialog.close();
      this.input.value = "";
      onToken(token);
    });
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
  }

  ask(problem, hadToken) {
    setText(this.why, hadToken ? problem.message : "");
    if (!this.dialog.open) this.dialog.showModal();
    this.input.focus();
  }
}

const keys = [
  ["/", "go to the filter"],
  ["?", "this help"],
  ["1 … 5", "Overview, Nodes, Events, Commands, Incidents"],
  ["↑ ↓ Page Home End", "move in a table"],
  ["Enter", "open the node of a row"],
  ["Esc", "close the node, leave the filter"],
  ["Space", "in Events: pause, go on"],
  ["arrows + − 0", "on the plan: pan, zoom, fit"],
  ["N P", "on the plan: next and previous node"],
];
const filters = [
  ["barn idle", "both words occur: in address, name, uuid, mesh, status, types"],
  ["0x0005", "an address, in hex or not"],
  ["status:idle", "also mesh:north, type:GPS"],
  ["BAT<20", "a decoded field, or a type with one: < <= = >= >"],
];
const marks = [
  ["up", "link up"],
  ["silent", "silent: the port is open, nothing comes"],
  ["noisy", "noisy: more is broken than not"],
  ["down", "down: the port is not open"],
  ["active", "node active"],
  ["idle", "node idle"],
  ["disconnected", "node disconnected"],
];

export function openHelp() {
  const dialog = byId("help-dialog");
  if (dialog.open) return;
  const list = (entries, left) =>
    h(
      "dl",
      { class: "keys" },
      ...entries.map(([key, text]) => h("div", {}, h("dt", {}, left(key)), h("dd", { text }))),
    );
  dialog.replaceChildren(
    h("h2", { id: "help-title", text: "Help" }),
    h("h3", { text: "Keys" }),
    list(keys, (key) => h("kbd", { text: key })),
    h("h3", { text: "Filter of nodes" }),
    list(filters, (key) => h("code", { text: key })),
    h("h3", { text: "Marks" }),
    list(marks, (key) => h("span", { class: "glyph", "data-state": key })),
    h(
      "div",
      { class: "buttons" },
      h("button", {
        type: "button",
        text: "Close",
        class: "primary",
        onclick: () => dialog.close(),
      }),
    ),
  );
  dialog.showModal();
}
