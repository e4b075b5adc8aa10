import { age, bytes, count, rate } from "../model/format.js";
import { rejectShare } from "../model/health.js";
import { h, keyed, setAttribute, setText } from "./dom.js";

/** The figures of a mesh that tell its health; `short` is for the line above the views. */
export function readouts(list, { store, api }, mesh, short) {
  const rates = mesh.rates(Date.now());
  const counts = store.counts(mesh.name);
  const lastFrame = Math.max(mesh.link.lastFrame || 0, mesh.status ? 0 : NaN) || NaN;
  const nodes = ["Nodes", `${count(counts.active)}`, `of ${count(counts.total)}`];
  const own = [
    ["Frames", rate(rates.frames), "/s"],
    ["Rejected", rejectShare(rates), "", rates.rejects > 0 ? "bad" : null],
    ["Last frame", age(api.now() - lastFrame), Number.isFinite(lastFrame) ? "ago" : ""],
  ];
  const entries = mesh.isFollowed ? [nodes] : own;
  if (!mesh.isFollowed && short) entries.push(nodes);
  if (!mesh.isFollowed && !short)
    entries.splice(1, 0, ["Bytes", bytes(rates.bytes), Number.isFinite(rates.bytes) ? "/s" : ""]);
  keyed(
    list,
    entries,
    ([label]) => label,
    make,
    (box, [, value, unit, mood]) => {
      setText(box.parts[0], value);
      setText(box.parts[1], unit);
      setAttribute(box, "data-mood", mood);
    },
  );
}

function make([label]) {
  const parts = [h("span", { class: "value" }), h("span", { class: "unit" })];
  const box = h("div", { class: "readout" }, h("dt", { text: label }), h("dd", {}, ...parts));
  box.parts = parts;
  return box;
}
