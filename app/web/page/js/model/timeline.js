/** Spans that the time line of incidents can show, in milliseconds. */
export const spans = [
  { id: "15m", label: "15 min", ms: 900e3 },
  { id: "1h", label: "1 h", ms: 3600e3 },
  { id: "6h", label: "6 h", ms: 6 * 3600e3 },
  { id: "24h", label: "24 h", ms: 24 * 3600e3 },
];

const steps = [60e3, 300e3, 600e3, 900e3, 1800e3, 3600e3, 2 * 3600e3, 4 * 3600e3];

/** Whole minutes and hours of local time between two times, not more than `most`. */
export function ticks(from, to, most) {
  const step = steps.find((s) => (to - from) / s <= most) ?? 6 * 3600e3;
  const zone = new Date(to).getTimezoneOffset() * 60e3;
  const out = [];
  for (let t = Math.ceil((from - zone) / step) * step + zone; t <= to; t += step) out.push(t);
  return out;
}

/** The state of a link over time, from its changes: `{state, from, to, text}`. */
export function linkSpans(marks, mesh, from, to) {
  const out = [];
  let open = null;
  for (const mark of marks) {
    if (mark.kind !== "link_changed" || mark.mesh !== mesh.name) continue;
    if (open) out.push({ ...open, to: mark.time });
    open = { state: mark.state, text: mark.text, from: mark.time };
  }
  if (open) out.push({ ...open, to });
  else if (Number.isFinite(mesh.link.since))
    out.push({ state: mesh.link.state, text: mesh.link.reason, from: mesh.link.since, to });
  return out.filter((span) => span.to > from && span.from < to);
}

/**
 * Lanes of the time line: one a mesh for its link, one an actor for its incidents, one a mesh for
 * restarts of its root. Positions are shares of the width.
 */
export function lanes({ meshes, incidents, marks, from, to }) {
  const place = (t) => (Math.min(Math.max(t, from), to) - from) / (to - from);
  const out = [];
  const bar = (start, end, rest) => ({
    left: place(start),
    width: place(end) - place(start),
    ...rest,
  });
  for (const mesh of meshes) {
    out.push({
      label: `link ${mesh.name}`,
      bars: linkSpans(marks, mesh, from, to).map((s) =>
        bar(s.from, s.to, { kind: s.state, text: s.text, at: s.from }),
      ),
    });
    const restarts = marks.filter(
      (m) => m.kind === "root_restarted" && m.mesh === mesh.name && m.time >= from && m.time <= to,
    );
    if (restarts.length)
      out.push({
        label: `root ${mesh.name}`,
        bars: restarts.map((m) =>
          bar(m.time, m.time, { kind: "restart", text: "root restarted", at: m.time }),
        ),
      });
  }
  for (const actor of [...new Set(incidents.map((i) => i.actor))].sort()) {
    const bars = incidents
      .filter((i) => i.actor === actor && (i.end ?? to) >= from && i.start <= to)
      .map((i) =>
        bar(i.start, i.end ?? to, {
          kind: i.end === null ? "open" : "over",
          text: i.cause,
          at: i.start,
        }),
      );
    if (bars.length) out.push({ label: actor, bars });
  }
  return out;
}
