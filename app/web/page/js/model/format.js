/** How numbers, times and bytes are written. All times are milliseconds since 1970. */

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function count(n) {
  return Number.isFinite(n) ? grouped.format(n) : "–";
}

/** `8.434230000000001` is `8.43423`; what is very large or small gets an exponent. */
export function number(n) {
  if (typeof n !== "number" || !Number.isFinite(n)) return String(n);
  return String(Number(n.toPrecision(9)));
}

export function bytes(n) {
  if (!Number.isFinite(n)) return "–";
  const units = ["B", "KiB", "MiB", "GiB"];
  let unit = 0;
  while (n >= 1024 && unit < units.length - 1) {
    n /= 1024;
    ++unit;
  }
  return `${unit === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${units[unit]}`;
}

/** Per second: one decimal below ten, so that slow meshes show something. */
export function rate(n) {
  if (!Number.isFinite(n)) return "–";
  return n > 0 && n < 10 ? n.toFixed(1) : count(n);
}

export function percent(share) {
  if (!Number.isFinite(share)) return "–";
  const p = share * 100;
  if (p === 0) return "0 %";
  return p < 0.1 ? "< 0.1 %" : `${p < 10 ? p.toFixed(1) : Math.round(p)} %`;
}

/** How long: `< 1 s`, `42 s`, `3 min 20 s`, `5 h 12 min`, `3 d 4 h`. */
export function duration(ms) {
  if (!Number.isFinite(ms)) return "–";
  const s = Math.floor(Math.max(ms, 0) / 1000);
  if (s < 1) return "< 1 s";
  if (s < 100) return `${s} s`;
  const pair = (big, small, a, b) => (small ? `${big} ${a} ${small} ${b}` : `${big} ${a}`);
  if (s < 3600) return pair(Math.floor(s / 60), s % 60, "min", "s");
  if (s < 172800) return pair(Math.floor(s / 3600), Math.floor(s / 60) % 60, "h", "min");
  return pair(Math.floor(s / 86400), Math.floor(s / 3600) % 24, "d", "h");
}

/** As duration, in one unit: for columns. */
export function age(ms) {
  if (!Number.isFinite(ms)) return "never";
  const s = Math.max(ms, 0) / 1000;
  if (s < 1) return "< 1 s";
  if (s < 100) return `${Math.floor(s)} s`;
  if (s < 6000) return `${Math.floor(s / 60)} min`;
  if (s < 172800) return `${Math.floor(s / 3600)} h`;
  return `${Math.floor(s / 86400)} d`;
}

const two = (n) => (n < 10 ? `0${n}` : `${n}`);

/** Local time of day. */
export function clock(ms) {
  if (!Number.isFinite(ms)) return "–";
  const d = new Date(ms);
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

export function preciseClock(ms) {
  if (!Number.isFinite(ms)) return "–";
  return `${clock(ms)}.${String(new Date(ms).getMilliseconds()).padStart(3, "0")}`;
}

/** With the day, unless it is that of `now`. */
export function moment(ms, now) {
  if (!Number.isFinite(ms)) return "–";
  const d = new Date(ms);
  if (d.toDateString() === new Date(now).toDateString()) return clock(ms);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${clock(ms)}`;
}

export function time(text) {
  return text ? Date.parse(text) : NaN;
}

export function hexAddress(address) {
  return `0x${address.toString(16).padStart(4, "0")}`;
}

/** With as many decimals as the scale of its field has, when that is declared. */
export function fieldValue(value, decimals) {
  return decimals !== undefined && typeof value === "number"
    ? value.toFixed(decimals)
    : number(value);
}

/** How many decimals numbers of this scale have: 0.01 has two; undefined: it cannot be said. */
export function decimalsOf({ type, scale }) {
  if (!(scale > 0) || String(type).startsWith("f")) return undefined;
  const [, fraction = "", exponent = "0"] =
    String(scale).match(/^\d+(?:\.(\d+))?(?:e([+-]\d+))?$/) ?? [];
  return Math.min(Math.max(fraction.length - Number(exponent), 0), 9);
}

/** The fields of a decoded value, without their names: for columns. */
export function shortValue(reading, decimals = {}) {
  if (!reading) return "";
  if (!reading.value) return spacedHex(reading.data);
  return Object.entries(reading.value)
    .map(([name, value]) => fieldValue(value, decimals[name]))
    .join(", ");
}

export function longValue(reading, decimals = {}) {
  if (!reading.value) return spacedHex(reading.data);
  return Object.entries(reading.value)
    .map(([name, value]) => `${name} ${fieldValue(value, decimals[name])}`)
    .join("  ");
}

export function spacedHex(data = "") {
  return data.replace(/..(?=.)/g, "$& ");
}

/** The bytes of hex, as characters; what cannot be printed is a dot. */
export function printable(data = "") {
  let out = "";
  for (let i = 0; i + 1 < data.length; i += 2) {
    const code = parseInt(data.slice(i, i + 2), 16);
    out += code >= 32 && code < 127 ? String.fromCharCode(code) : "·";
  }
  return out;
}

/** Hex as people write it: with blanks, colons, 0x. `{data}` or `{error}`. */
export function parseHex(text) {
  const digits = text.replace(/0x/gi, "").replace(/[\s:,-]/g, "");
  const wrong = digits.match(/[^0-9a-f]/i);
  if (wrong) return { error: `“${wrong[0]}” is no hex digit` };
  if (digits.length % 2) return { error: "a hex digit is missing: bytes have two" };
  return { data: digits.toLowerCase() };
}

export function plural(n, one, many = `${one}s`) {
  return `${count(n)} ${n === 1 ? one : many}`;
}
