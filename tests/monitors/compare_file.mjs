// compare_file.mjs FILE GATEWAY STATE_DIR: whether a file of `xylem monitor --append` has each event of
// a gateway's record once and in order; nobody writes the record any more.
import { compare, readFile, readRecord } from "./record.mjs";

const [file, gateway, folder] = process.argv.slice(2);
const { events, gaps, faults } = compare(readFile(file)[gateway] ?? [], readRecord(folder));
const said = faults.slice(0, 5).join(", ") || "all there";
console.log(`${events} events, ${gaps.length} gaps; ${said}`);
process.exitCode = faults.length > 0 ? 1 : 0;
