import { age, count, hexAddress, moment, shortValue } from "../model/format.js";
import { glyph, h, setAttribute, setGlyph, setText } from "./dom.js";

/** The class of the cells of a column. */
export const kindOf = (column) => (column.type ? "value" : `of-${column.id}`);

export function makeCell(column) {
  const cell = h("div", { role: "gridcell", class: `cell ${kindOf(column)}` });
  if (column.id === "status") cell.append(glyph("active"), h("span"));
  if (column.id === "address") cell.append(h("b"), h("small"));
  return cell;
}

/** Writes what a column shows of a node; `decimals` of the fields of its type. */
export function writeCell(cell, column, node, now, decimals) {
  switch (column.id) {
    case "address":
      setText(cell.firstChild, node.address);
      setText(cell.lastChild, hexAddress(node.address));
      break;
    case "status":
      setGlyph(cell.firstChild, node.status);
      setText(cell.lastChild, node.status);
      break;
    case "heard":
      setText(cell, node.heard ? age(now - node.lastHeard) : "never");
      setAttribute(cell, "title", node.heard ? moment(node.lastHeard, now) : null);
      break;
    case "mesh":
    case "name":
      setText(cell, node[column.id]);
      setAttribute(cell, "title", node[column.id] || null);
      break;
    default:
      setText(
        cell,
        column.type
          ? shortValue(node.latest.get(column.type), decimals)
          : count(node.counters[column.id]),
      );
  }
}
