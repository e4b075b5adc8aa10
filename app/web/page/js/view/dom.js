const svgSpace = "http://www.w3.org/2000/svg";

/** An element; `on…` are listeners, `class` and `text` what they say, the rest are attributes. */
export function h(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

export function svg(tag, properties = {}, ...children) {
  return fill(document.createElementNS(svgSpace, tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name === "text") element.textContent = value;
    else if (name === "class") element.setAttribute("class", value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else setAttribute(element, name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Writes only what differs: a write costs layout. */
export function setText(element, text) {
  const value = String(text);
  if (element.firstChild?.nodeType === 3 && element.childNodes.length === 1) {
    if (element.firstChild.data !== value) element.firstChild.data = value;
  } else if (element.textContent !== value || element.children.length) {
    element.textContent = value;
  }
}

/** null and false take it away, true is an empty one; of ARIA's, true and false are words. */
export function setAttribute(element, name, value) {
  if (typeof value === "boolean")
    value = name.startsWith("aria-") ? String(value) : value ? "" : null;
  if (value === null || value === undefined) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, value);
  }
}

export function setHidden(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

/** Children for keyed items: kept, made and removed so that they lie in the order of `items`. */
export function keyed(parent, items, keyOf, make, update) {
  const known = (parent.keyedChildren ??= new Map());
  const wanted = new Set();
  let place = parent.firstChild;
  for (const item of items) {
    const key = keyOf(item);
    wanted.add(key);
    let child = known.get(key);
    if (!child) known.set(key, (child = make(item)));
    if (child === place) place = place.nextSibling;
    else parent.insertBefore(child, place);
    update?.(child, item);
  }
  for (const [key, child] of known) {
    if (wanted.has(key)) continue;
    child.remove();
    known.delete(key);
  }
}

/** A mark of a state: shape and colour, and its name for those who see neither. */
export function glyph(state) {
  return h("span", { class: "glyph", "data-state": state, "aria-hidden": "true" });
}

export function setGlyph(element, state) {
  setAttribute(element, "data-state", state);
}
