// A gateway with a simulated mesh, and those who follow it.
import { readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { Bench } from "../page/support/xylem.mjs";
import { wait } from "./monitor.mjs";

/** In ms; how long it takes until a failure is told, and nothing else. */
const patience = Number(process.env.XYLEM_PATIENCE ?? 30_000);

/** Until something holds; what it is then. */
export async function until(what, holds, within = patience) {
  for (const end = Date.now() + within; ; await wait(50)) {
    const found = await holds();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not in ${within} ms: ${what}`);
  }
}

export function fetchText(url) {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => resolve(String(Buffer.concat(parts))));
      answer.on("error", reject);
    }).on("error", reject);
  });
}

const table = (name, keys) =>
  `${name}\n${Object.entries(keys)
    .map(([key, value]) => `${key} = ${typeof value === "string" ? JSON.stringify(value) : value}`)
    .join("\n")}\n`;

/** `[{name = "office", scopes = ["read"]}]` */
const allowList = (names) =>
  `[${Object.entries(names)
    .map(([name, scope]) => `{name = "${name}", scopes = ["${scope}"]}`)
    .join(", ")}]`;

/** `xylem run`, with a gate; may be killed and started again. */
export class Gateway {
  constructor(bench, { name, authority, allow, link, stateDir = "" }) {
    Object.assign(this, { bench, name, authority, allow, link, stateDir });
    this.file = join(bench.folder, `${name}.toml`);
  }

  configure(allow = this.allow) {
    this.allow = allow;
    const own = (end) => this.authority.path(`${this.name}.${end}`);
    writeFileSync(
      this.file,
      [
        this.stateDir ? `state_dir = "${this.stateDir}"\n` : "",
        table("[[mesh]]", { name: "field", serial: this.link }),
        table("[monitor]", {
          name: this.name,
          listen: "127.0.0.1:0",
          authority: this.authority.path("ca.pem"),
          certificate: own("pem"),
          key: own("key"),
        }),
        `allow = ${allowList(allow)}\n`,
      ].join("\n"),
    );
  }

  async start() {
    this.configure();
    this.process = await this.bench.gateway(["--config", this.file]);
    this.url = this.process.url;
    await until("the gate listens", async () => (await this.gate()).port);
    return this;
  }

  /** SIGHUP: the list of names is read again. */
  reload(allow) {
    this.configure(allow);
    this.process.kill("SIGHUP");
  }

  async status() {
    return JSON.parse(await fetchText(`${this.url}api/v1/status`));
  }

  async gate() {
    return (await this.status()).monitor_gate;
  }

  async port() {
    const { port } = await this.gate();
    if (!port) throw new Error("the gate does not listen now");
    return port;
  }

  clientPort() {
    const line = this.process.lines.find((each) => /mesh=field msg="listening"/.test(each));
    return Number(line.match(/address=\S+:(\d+)/)[1]);
  }

  async kill() {
    this.process.kill("SIGKILL");
    await this.process.ended;
  }

  logAfter(position) {
    return this.process.lines.slice(position).join("\n");
  }
}

export class Arena extends Bench {
  /** A mesh whose root is there as soon as this is called. */
  mesh(link, rate, messageRate, more = []) {
    const traffic = ["--rate", rate, "--message-rate", messageRate, "--request-rate", 0];
    return this.simulator([...traffic.map(String), ...more], link);
  }
}

/** Resident memory of a process in MiB. */
export function residentMiB(pid) {
  const line = readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/);
  return Number(line[1]) / 1024;
}

/** Of what a histogram counted since another one, in ms; within its bucket by proportion. */
export function percentile(share, now, before) {
  const counts = now.counts.map((count, i) => count - (before?.counts[i] ?? 0));
  let left = share * counts.reduce((sum, count) => sum + count, 0);
  for (const [i, count] of counts.entries()) {
    if (count > 0 && left <= count) {
      const from = now.bounds[i - 1] ?? 0;
      const to = now.bounds[i] ?? Infinity;
      return 1000 * (from + ((to - from) * left) / count);
    }
    left -= count;
  }
  return undefined;
}
