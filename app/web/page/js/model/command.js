import { parseHex } from "./format.js";
import { parseNode } from "./event_log.js";

export const longestMessage = 255; // bytes

/** What can be sent. `word` has to be typed before it is. */
export const commandKinds = [
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

/** A message as text or hex: `{text or data, bytes}`, or `{error}`. */
export function messageOf(typed, isHex) {
  if (!isHex) return { text: typed, bytes: new TextEncoder().encode(typed).length };
  const { data, error } = parseHex(typed);
  return error ? { error } : { data, bytes: data.length / 2 };
}

/** The body of a request and its words, or what is wrong with which field. */
export function composeCommand(kind, { node, message, isHex }) {
  const body = { kind: kind.id };
  let { label } = kind;
  if (kind.node) {
    const address = parseNode(node);
    if (address === null || !(address <= 0xffff))
      return { error: "Which node? A number such as 5 or 0x0005.", field: "node" };
    body.node = address;
    label = `Send to node ${address}`;
  }
  if (kind.message) {
    const { error, text, data, bytes } = messageOf(message, isHex);
    if (error) return { error, field: "message" };
    if (!bytes) return { error: "The message is empty.", field: "message" };
    if (bytes > longestMessage)
      return { error: `A message has at most ${longestMessage} bytes.`, field: "message" };
    if (isHex) body.data = data;
    else body.text = text;
    label += isHex ? `: ${data}` : `: “${text}”`;
  }
  if (kind.id === "clean") body.confirm = "clean";
  return { body, label };
}
