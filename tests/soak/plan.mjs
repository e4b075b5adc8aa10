// What goes wrong, and when: a plan that its seed fixes.
import { random } from "../monitors/random.mjs";

export const meshes = ["field", "barn"];

/** Actors that die alone; those of a mesh are `role/mesh`. */
const rolesOfMesh = ["uart", "network_manager", "node_cache", "socket_server", "capture"];
const rolesOfGateway = ["event_hub", "web_server", "recorder", "monitor_gate"];

/** What the simulated root does by itself, as a step of its scenario. */
const ofTheLine = ["unplug", "power-cycle", "reset", "stall"];
const ofFrames = ["flip", "garbage", "truncate", "log-inside"];
const ofClients = [
  "never reads",
  "half requests",
  "garbage requests",
  "resets",
  "floods",
  "connects",
];

/**
 * Bounds of the recovery, in seconds, and of which faults frames or events may be lost that are
 * not counted (protocol/WIRE.md §6): the port was closed, or who held them died.
 */
export const kinds = {
  unplug: { bound: 3, isLossy: true },
  "power-cycle": { bound: 4, isLossy: true },
  reset: { bound: 8, isLossy: false },
  stall: { bound: 2, isLossy: false },
  ...Object.fromEntries(ofFrames.map((kind) => [kind, { bound: 12, isLossy: true }])),
  ...Object.fromEntries(
    [...rolesOfMesh, ...rolesOfGateway].map((role) => [
      `kill ${role}`,
      {
        bound: role === "monitor_gate" ? 5 : 2,
        isLossy: ["uart", "network_manager", "node_cache", "event_hub"].includes(role),
      },
    ]),
  ),
  "kill gateway": { bound: 10, isLossy: true },
  "kill gate": { bound: 5, isLossy: false },
  "kill monitor": { bound: 10, isLossy: false },
  "full disk": { bound: 3, isLossy: true },
  ...Object.fromEntries(ofClients.map((kind) => [kind, { bound: 2, isLossy: false }])),
  "clock ahead": { bound: 2, isLossy: false },
  "clock back": { bound: 2, isLossy: false },
  reload: { bound: 2, isLossy: false },
  "cut monitor": { bound: 10, isLossy: false },
  "stall monitor": { bound: 10, isLossy: false },
};

const everyKind = Object.keys(kinds);
const isBrief = (kind) =>
  kind.startsWith("kill") || kind.startsWith("clock") || kind === "reload" || kind === "reset";

function shuffled(list, chance) {
  const out = [...list];
  for (let i = out.length - 1; i > 0; --i) {
    const other = Math.floor(chance() * (i + 1));
    [out[i], out[other]] = [out[other], out[i]];
  }
  return out;
}

/** How long the faults of a run begin after each other, s. */
const slotOf = (seconds) => Math.min(Math.max(seconds / 42, 1.2), 10);

/** The quiet beginning and end of a run, s. */
export const quiet = (seconds) => ({
  before: Math.min(Math.max(0.05 * seconds, 3), 60),
  after: Math.min(Math.max(0.05 * seconds, 4), 30),
});

/** In the first third alone, so that the life after it is a long one. */
const isLate = (kind, at, seconds) => kind === "kill gateway" && at > seconds / 3;

/** What the ring of events holds is told late, what came before it is lost to the record: s. */
const longFull = 60;

/** A disk is full for that long every other time, where there is time for it. */
function duration(kind, { slot, chance, seconds, count }) {
  if (isBrief(kind)) return 0;
  if (kind === "full disk" && seconds >= 600 && count % 2 === 0) return longFull;
  const least = kind === "full disk" ? 1.2 : 0; // until a batch has failed, and that was noticed
  return Number((least + slot * (0.2 + 0.4 * chance())).toFixed(2));
}

/** Faults in order: `at` and `seconds` (how long) in s after the begin, `kind`, `mesh`. */
export function makePlan({ seed, seconds }) {
  const chance = random(seed);
  const slot = slotOf(seconds);
  const { before, after } = quiet(seconds);
  const faults = [];
  const counts = {};
  let deck = [];
  for (let at = before; at < seconds - after - slot;) {
    if (deck.length === 0) deck = shuffled(everyKind, chance);
    const early = at < seconds / 3 ? deck.indexOf("kill gateway") : -1;
    const kind = early >= 0 && chance() < 0.3 ? deck.splice(early, 1)[0] : deck.shift();
    if (isLate(kind, at, seconds)) continue;
    const count = (counts[kind] = (counts[kind] ?? 0) + 1) - 1;
    const mesh = meshes[Math.floor(chance() * meshes.length)];
    const lasts = duration(kind, { slot, chance, seconds, count });
    faults.push({ at: Number(at.toFixed(2)), kind, mesh, seconds: lasts });
    at += Math.max(slot, lasts + slot / 2) * (0.9 + 0.2 * chance());
  }
  return { seed, seconds, faults };
}

/** The probability of each frame to be hit while a line is bad. */
const probability = 0.6;

/** What the root of a mesh does of it, as TOML (`xylem sim --scenario`). */
export function scenario(plan, mesh) {
  const steps = plan.faults.filter(
    (fault) => fault.mesh === mesh && [...ofTheLine, ...ofFrames].includes(fault.kind),
  );
  return steps
    .map(({ at, kind, seconds }) => {
      const lines = ["[[step]]", `at = "${Math.round(at * 1000)}ms"`, `do = "${kind}"`];
      if (ofFrames.includes(kind)) lines.push(`probability = ${probability}`);
      if (seconds > 0) lines.push(`for = "${Math.round(seconds * 1000)}ms"`);
      return `${lines.join("\n")}\n`;
    })
    .join("\n");
}

export const isOfTheRoot = ({ kind }) => ofTheLine.includes(kind) || ofFrames.includes(kind);
export const isOfClients = ({ kind }) => ofClients.includes(kind);

/** `field` in `kill uart`: `uart/field`; nothing for what is not an actor. */
export function actorOf({ kind, mesh }) {
  const role = kind.replace(/^kill /, "");
  if (rolesOfMesh.includes(role)) return `${role}/${mesh}`;
  return rolesOfGateway.includes(role) ? role : undefined;
}

export function describe({ at, kind, mesh, seconds }) {
  const where = isOfTheRoot({ kind }) || rolesOfMesh.includes(kind.slice(5)) ? ` ${mesh}` : "";
  return `${at.toFixed(1).padStart(8)} s  ${kind}${where}${seconds ? ` for ${seconds} s` : ""}`;
}
