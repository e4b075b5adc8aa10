// What really happened, as the record of a gateway tells it (protocol/RECORD.md §2).
import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { eventKinds } from "../monitors/messages.mjs";

const arguments_ = (folder, sql) => [
  "-readonly",
  "-cmd",
  ".timeout 20000",
  "-separator",
  " ",
  `${folder}/history.db`,
  sql,
];

function rows(folder, sql) {
  const text = execFileSync("sqlite3", arguments_(folder, sql), { encoding: "utf8" });
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split(" "));
}

/** Of a life that has not ended, the last event that is recorded. */
const lives = `
  SELECT epoch, base, max(ifnull(last, 0), ifnull((SELECT max(id) FROM event WHERE id > life.base
    AND id <= ifnull((SELECT min(later.base) FROM life later WHERE later.base > life.base),
                     9000000000000000000)), base) - base)
  FROM life ORDER BY base`;

/** In order: `epoch`, `base`, `last` (the number of the last event that is known of). */
export function readLives(folder) {
  return rows(folder, lives).map((row) => {
    const [epoch, base, last] = row.map(Number);
    return { epoch, base, last };
  });
}

/** Calls `take` with each event in order. One at a time: an hour has a million. */
export async function readEvents(folder, take) {
  const lives = readLives(folder);
  const names = new Map(rows(folder, "SELECT id, name FROM mesh").map(([id, name]) => [+id, name]));
  const columns = "id, time, mesh, node, kind, state, number, lower(hex(data))";
  const sql = `SELECT ${columns} FROM event ORDER BY id`;
  const child = spawn("sqlite3", arguments_(folder, sql), { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  let life = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [id, time, mesh, node, kind, state, number, data] = line.split(" ");
    while (life + 1 < lives.length && lives[life + 1].base < +id) ++life;
    const { epoch, base } = lives[life];
    take({
      epoch,
      seq: id - base,
      time: +time,
      mesh: names.get(+mesh),
      node: +node,
      kind: eventKinds[kind],
      state: +state,
      number: +number,
      data,
    });
  }
  if ((await ended) !== 0) throw new Error("sqlite3 could not read the record");
  return lives;
}
