import { count, hexAddress, shortValue } from "./format.js";

/** Types that get a column; a node's details show all. */
export const typeColumns = 8;

const statusOrder = { active: 0, idle: 1, disconnected: 2 };

const fixedColumns = [
  { id: "address", label: "Node", sort: (n) => n.address },
  { id: "name", label: "Name", sort: (n) => n.name.toLowerCase() },
  { id: "status", label: "Status", sort: (n) => statusOrder[n.status] },
  { id: "heard", label: "Heard", sort: (n) => -n.lastHeard, live: true },
];
const counterColumns = [
  { id: "readings", label: "Readings", sort: (n) => n.counters.readings, live: true },
  { id: "messages", label: "Messages", sort: (n) => n.counters.messages, live: true },
  { id: "malformed", label: "Malformed", sort: (n) => n.counters.malformed, live: true },
];

/**
 * The columns for these nodes: the mesh when there are several, then types, those that can be
 * decoded first, in the order in which nodes send them.
 */
export function columnsFor(nodes, { meshes = 1 } = {}) {
  const seen = new Map();
  let named = false;
  for (const node of nodes) {
    for (const type of node.types)
      if (!seen.get(type)) seen.set(type, node.latest.get(type)?.value !== undefined);
    named ||= node.name !== "";
  }
  const types = [...seen].sort((a, b) => b[1] - a[1]);
  const columns = fixedColumns.filter((column) => named || column.id !== "name");
  if (meshes > 1) columns.splice(1, 0, { id: "mesh", label: "Mesh", sort: (n) => n.mesh });
  for (const [type] of types.slice(0, typeColumns))
    columns.push({ id: `type:${type}`, type, label: type, sort: sortByType(type), live: true });
  return [...columns, ...counterColumns];
}

const longestCell = 22; // characters
const sampled = 200; // nodes that are looked at for widths

/** How many characters each column needs, and at least `before`. */
export function columnWidths(columns, nodes, { before = [], compact = false } = {}) {
  const stride = Math.max(Math.floor(nodes.length / sampled), 1);
  return columns.map((column, i) => {
    if (column.id === "status") return compact ? 1 : 14;
    let most = Math.max(column.label.length + 2, before[i] ?? 0);
    for (let n = 0; n < nodes.length; n += stride)
      most = Math.max(most, cellText(column, nodes[n], compact).length);
    return Math.min(most, longestCell);
  });
}

function cellText({ id, type }, node, compact) {
  if (type) return shortValue(node.latest.get(type));
  if (id === "address")
    return compact ? `${node.address}` : `${node.address}  ${hexAddress(node.address)}`;
  if (id === "heard") return compact ? "59 min" : "< 59 min";
  return id in node ? node[id] : count(node.counters[id]);
}

function sortByType(type) {
  return (node) => {
    const reading = node.latest.get(type);
    if (!reading) return undefined;
    if (!reading.value) return reading.data;
    const [first] = Object.values(reading.value);
    return first;
  };
}

/** Negative, 0, positive; what is missing comes last whatever the direction. */
export function compareKeys(a, b, direction) {
  const noA = a === undefined || a !== a;
  const noB = b === undefined || b !== b;
  if (noA || noB) return noA - noB;
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return (a < b ? -1 : a > b ? 1 : 0) * direction;
}

/** A new array; equal nodes lie in the order of their mesh and address. */
export function sortNodes(nodes, column, direction) {
  const keyed = nodes.map((node) => ({ node, key: column.sort(node) }));
  keyed.sort(
    (a, b) =>
      compareKeys(a.key, b.key, direction) ||
      (a.node.mesh < b.node.mesh ? -1 : a.node.mesh > b.node.mesh ? 1 : 0) ||
      a.node.address - b.node.address,
  );
  return keyed.map((entry) => entry.node);
}

const comparison = /^([a-z0-9_.]+)(<=|>=|<|>|=)(-?[\d.]+)$/i;
const operators = {
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
  "=": (a, b) => a === b,
};

/**
 * A predicate of what is typed: words that all must occur, `status:idle`, `type:GPS`, `mesh:north`,
 * and comparisons of decoded fields or of types with one field, such as `BAT<20`.
 */
export function nodeFilter(text) {
  const terms = (text ?? "").trim().toLowerCase().split(/\s+/).filter(Boolean).map(termFilter);
  return (node) => terms.every((term) => term(node));
}

function termFilter(word) {
  const compared = word.match(comparison);
  if (compared) return fieldFilter(compared[1], operators[compared[2]], Number(compared[3]));
  const [, what, value] = word.match(/^(status|type|mesh):(.*)$/) ?? [];
  if (what === "status") return (node) => node.status.startsWith(value);
  if (what === "mesh") return (node) => node.mesh === value;
  if (what === "type") return (node) => node.types.some((type) => type.toLowerCase() === value);
  return (node) => node.text.includes(word) || node.key === word;
}

function fieldFilter(name, holds, limit) {
  return (node) => {
    for (const [type, { value }] of node.latest)
      for (const [field, content] of Object.entries(value ?? {}))
        if (named(name, type.toLowerCase(), field.toLowerCase()) && holds(content, limit))
          return true;
    return false;
  };
}

const named = (name, type, field) => name === field || name === type || name === `${type}.${field}`;

/** Which rows of a list are on screen, with some above and below. */
export function visibleRows({ scrollTop, height, rowHeight, total, margin = 6 }) {
  const first = Math.max(Math.floor(scrollTop / rowHeight) - margin, 0);
  const last = Math.min(Math.ceil((scrollTop + height) / rowHeight) + margin, total);
  return { first: Math.min(first, last), last };
}

/** Where to scroll so that a row is seen; undefined: it is. */
export function scrollFor(index, { scrollTop, height, rowHeight }) {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + height) return top + rowHeight - height;
  return undefined;
}

/** Where a key leads in a list of `total` rows; null: it is no key of lists. */
export function moveRow(key, index, total, page) {
  if (!total) return null;
  const to = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + page,
    PageUp: index - page,
    Home: 0,
    End: total - 1,
  }[key];
  return to === undefined ? null : Math.min(Math.max(to, 0), total - 1);
}
