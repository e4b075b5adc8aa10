import { duration, percent } from "./format.js";

/** Of a link; how bad it is, and what it is called. */
export const linkWords = {
  up: { rank: 0, word: "Up" },
  unknown: { rank: 1, word: "Not known" },
  silent: { rank: 2, word: "Silent" },
  noisy: { rank: 3, word: "Noisy" },
  down: { rank: 4, word: "Down" },
};

export const rejectWords = {
  truncated: "cut off",
  stray_end: "end without start",
  bad_escape: "bad escape",
  oversize: "too long",
  empty: "empty",
  malformed: "malformed",
};

/** Since when a link is what it is: what was seen changing, or its incident, or its port. */
export function linkSince(mesh, incidents) {
  const { state, changed, since } = mesh.link;
  if (state === "down") {
    const open = incidents.find((i) => i.end === null && i.actor === `uart/${mesh.name}`);
    if (open) return open.start;
  }
  if (changed) return changed;
  return state === "up" ? since : NaN;
}

/** One sentence: is it well, and if not, why. `now` in the gateway's time. */
export function verdict(mesh, incidents, now) {
  const { state, reason } = mesh.link;
  const since = linkSince(mesh, incidents);
  const span = Number.isFinite(since) ? ` for ${duration(now - since)}` : "";
  const { word } = linkWords[state] ?? { word: state };
  return { state, word, span, reason: reason || (state === "up" ? "frames are decoded" : "") };
}

/** Why history is not recorded now; empty: it is, or shall not be. */
export function recordFault(recorder) {
  if (recorder?.state !== "degraded") return "";
  const why = recorder.reason ? `: ${recorder.reason}` : "";
  return `History is not being recorded${why}. What happens is shown, and recorded late if it can be.`;
}

/** Whether an incident of an actor such as `uart/north` or `gateway_link/north` is of this mesh. */
export function concernsMesh(actor, mesh) {
  const slash = actor.indexOf("/");
  const of = actor.slice(slash + 1);
  return slash < 0 || of === mesh || (actor.startsWith("gateway_link/") && mesh.startsWith(`${of}/`));
}

/** The share of what came that could not be used, of the last seconds. */
export function rejectShare({ frames, rejects }) {
  const all = frames + rejects;
  return all > 0 ? percent(rejects / all) : percent(0);
}

/** The worst link names the page. */
export function worstLink(meshes) {
  let worst = "up";
  for (const { link } of meshes)
    if ((linkWords[link.state]?.rank ?? 1) > linkWords[worst].rank) worst = link.state;
  return worst;
}
