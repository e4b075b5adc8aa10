// What really happened, as a gateway's record tells it (protocol/RECORD.md §2), and whether a file of
// `xylem monitor --append` says the same.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { eventKinds } from "./messages.mjs";

const sql = `
  SELECT (SELECT max(base) FROM life WHERE base < event.id) AS base,
         (SELECT epoch FROM life WHERE base = (SELECT max(base) FROM life WHERE base < event.id))
           AS epoch, id, time, kind, node, hex(data) AS data
  FROM event ORDER BY id`;

/** Every event in order: `epoch`, `seq`, `kind`, `node`. */
export function readRecord(folder) {
  const args = ["-readonly", "-json", `${folder}/history.db`, sql];
  const text = execFileSync("sqlite3", args, { encoding: "utf8", maxBuffer: 2 ** 30 });
  return (text ? JSON.parse(text) : []).map(({ base, epoch, id, kind, node, data }) => ({
    epoch,
    seq: id - base,
    kind: eventKinds[kind],
    node,
    data: data.toLowerCase(),
  }));
}

/** Its lines by gateway; a last line that was not finished is an error: nobody writes any more. */
export function readFile(path) {
  const byGateway = {};
  for (const line of readFileSync(path, "utf8").split("\n").filter(Boolean)) {
    const read = JSON.parse(line);
    (byGateway[read.gateway] ??= []).push(read);
  }
  return byGateway;
}

/** Where a gateway stands by a file: the last line that has a position. */
export function position(lines = []) {
  return lines.findLast((line) => line.epoch !== undefined && line.seq !== undefined);
}

const place = ({ epoch, seq }) => `${epoch}/${seq}`;

/** Beyond its place, of what both tell. */
const isSame = (line, event) =>
  line.kind === event.kind &&
  (line.node ?? event.node) === event.node &&
  (line.kind !== "reading" || line.data === event.data);

/**
 * Walks both side by side, from the first event of the file on. Each event of the record is there once
 * and in order; `gaps` are those that explain that something is not.
 */
export function compare(lines, record) {
  const out = { events: 0, gaps: [], faults: [] };
  const { epoch, seq } = record.at(-1) ?? {};
  const isLater = (line) => line.epoch > epoch || (line.epoch === epoch && line.seq > seq);
  const isEvent = ({ kind }) => kind !== "gateway" && kind !== "position";
  const told = lines.filter((line) => isEvent(line) && !isLater(line));
  const indexOf = new Map(record.map((event, index) => [place(event), index]));
  let next = indexOf.get(place(told.find((line) => line.kind !== "gap") ?? {}));
  if (next === undefined) return { ...out, faults: ["its first event is not in the record"] };
  let gap;
  for (const line of told) {
    if (line.kind === "gap") {
      if (gap) out.faults.push(`two gaps at ${place(line)}`);
      out.gaps.push((gap = line));
      continue;
    }
    const found = indexOf.get(place(line));
    if (found === undefined) out.faults.push(`${place(line)} is not in the record`);
    else if (found < next) out.faults.push(`${place(line)} again`);
    else if (found > next && !gap) out.faults.push(`${found - next} missing before ${place(line)}`);
    else if (gap && gap.count !== found - next)
      out.faults.push(`a gap of ${gap.count} where ${found - next} are missing`);
    else if (!isSame(line, record[found])) out.faults.push(`${place(line)} is another event`);
    if (found >= next) next = found + 1;
    gap = undefined;
    ++out.events;
  }
  if (next !== record.length) out.faults.push(`${record.length - next} missing at the end`);
  return out;
}
