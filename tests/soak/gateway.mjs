// The gateway under test: a dev build with two meshes, a record, a gate for monitors, and a socket
// that takes orders to fail (app/chaos).
import { createWriteStream } from "node:fs";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { Gateway, fetchText, until } from "../monitors/arena.mjs";
import { meshes } from "./plan.mjs";

/** Bounds of what is kept in memory are small, so that it is full early and growth is a leak. */
const kept = `
[events]
ring_events = 16384
`;
const keptOfMesh = `history_depth = 16
capture_bytes = "256 KiB"
`;

export class SoakGateway extends Gateway {
  constructor(bench, options) {
    super(bench, options);
    this.chaos = join(bench.folder, "chaos");
    this.lives = []; // begin and end, ms; of each process
    this.log = createWriteStream(options.log);
    this.patience = options.patience;
  }

  portOf(mesh) {
    return join(this.bench.folder, `root-${mesh}`);
  }

  configure() {
    const own = (end) => this.authority.path(`${this.name}.${end}`);
    const tables = meshes.map(
      (name) => `[[mesh]]
name = "${name}"
serial = "${this.portOf(name)}"
listen = "127.0.0.1:0"
${keptOfMesh}`,
    );
    writeFileSync(
      this.file,
      `state_dir = "${this.stateDir}"
${kept}
[web]
listen = "127.0.0.1:0"
${tables.join("\n")}
[monitor]
name = "${this.name}"
listen = "127.0.0.1:0"
authority = "${this.authority.path("ca.pem")}"
certificate = "${own("pem")}"
key = "${own("key")}"
allow = [{name = "watcher", scopes = ["read"]}]
`,
    );
  }

  async start() {
    this.configure();
    process.env.XYLEM_CHAOS = this.chaos;
    this.process = this.bench.spawn(["run", "--config", this.file]);
    delete process.env.XYLEM_CHAOS;
    this.lives.push({ begin: Date.now(), pid: this.process.pid });
    this.process.on("line", (line) => this.log.write(`${line}\n`));
    this.process.ended.then(() => (this.lives.at(-1).end = Date.now()));
    await until("the gateway serves", () => this.webPort(), this.patience);
    return this;
  }

  /** The latest line of this life that matches: who is restarted listens on another port. */
  latest(pattern) {
    return this.process.lines.findLast((line) => pattern.test(line))?.match(pattern)?.[1];
  }

  webPort() {
    return Number(this.latest(/msg="?serving"? url=http:\/\/127.0.0.1:(\d+)/) ?? 0);
  }

  clientPort(mesh) {
    return Number(this.latest(new RegExp(`mesh=${mesh} msg="?listening"? address=\\S+:(\\d+)`)));
  }

  get url() {
    return `http://127.0.0.1:${this.webPort()}/`;
  }

  set url(_) {}

  /** Undefined while nobody answers, or only some do. */
  async healthy() {
    const status = await this.status().catch(() => undefined);
    return status?.silent_actors?.length === 0 ? status : undefined;
  }

  /** What the chaos socket answers. */
  order(line) {
    return new Promise((resolve, reject) => {
      const socket = connect(this.chaos);
      socket.on("error", reject);
      socket.on("data", (answer) => {
        socket.destroy();
        resolve(String(answer).trim());
      });
      socket.write(`${line}\n`);
    });
  }

  json(path) {
    return fetchText(this.url + path).then(JSON.parse);
  }
}
