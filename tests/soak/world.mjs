// Everything that runs: a gateway, two meshes, who follows it honestly.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Arena, until } from "../monitors/arena.mjs";
import { Authority } from "../monitors/certificates.mjs";
import { ShakyProxy } from "../monitors/shaky_proxy.mjs";
import { Asker, Commander, MonitorFile, SocketFollower } from "./followers.mjs";
import { SoakGateway } from "./gateway.mjs";
import { meshes, scenario } from "./plan.mjs";
import { StateSpace } from "./state_space.mjs";
import { Clock } from "./truth.mjs";

const nodes = 500; // of each mesh
const reportsEvery = 6; // s, of a node: ten times as often as in the field
const traffic = [
  ["--nodes", nodes],
  ["--types", "GPS,TMP"],
  ["--rate", (nodes / reportsEvery).toFixed(1)],
  ["--message-rate", 8],
  ["--request-rate", 2],
  ["--join-within", "1s"],
].flat();

/** What a record of a run needs, MiB: some 300 events a second and mesh, and room. */
const spaceFor = (seconds) => Math.ceil(64 + 0.15 * seconds);

export class World extends Arena {
  constructor(plan, { log, patience }) {
    super();
    Object.assign(this, { plan, log, patience, lossy: [] });
  }

  /** Once, whoever asks; nobody is started any more. */
  stop() {
    return (this.stopping ??= super.stop());
  }

  spawn(args) {
    if (this.stopping) throw new Error("the run is being stopped");
    return super.spawn(args);
  }

  async begin() {
    const { plan, patience } = this;
    this.space = new StateSpace(join(this.folder, "state"), spaceFor(plan.seconds));
    this.started.push(() => this.space.remove());
    const binary = process.env.XYLEM_BINARY;
    const authority = new Authority(binary, join(this.folder, "pki"), ["soak", "watcher"]);
    const stateDir = this.space.folder;
    this.gateway = new SoakGateway(this, {
      name: "soak",
      authority,
      stateDir,
      log: this.log,
      patience,
    });
    this.clock = new Clock(Date.now() - 60_000);
    await this.gateway.start();
    await this.beginFollowing(authority);
    await this.beginMeshes();
    this.commander = new Commander(this.gateway, { meshes, nodes, period: 700 });
    this.asker = new Asker(this.gateway, { mesh: meshes[0], period: 250 });
  }

  async beginFollowing(authority) {
    const { gateway } = this;
    const toGate = await new ShakyProxy(() => gateway.port()).listen();
    const toWeb = await new ShakyProxy(() => gateway.webPort()).listen();
    this.proxies = [toGate, toWeb];
    this.started.push(() => this.proxies.forEach((proxy) => proxy.close()));
    this.follower = new SocketFollower("WebSocket", () => gateway.webPort());
    this.shaken = new SocketFollower("WebSocket over a bad network", () => toWeb.port);
    const file = join(this.folder, "watcher.jsonl");
    const options = { name: "watcher", authority, gateway: gateway.name, port: toGate.port, file };
    this.monitor = new MonitorFile(this, options);
    this.monitor.name = "watcher";
    this.followers = [this.follower, this.shaken, this.monitor];
    const follows = async () => (await gateway.gate().catch(() => ({}))).connected === 1;
    await until("the monitor follows", follows, this.patience);
  }

  async beginMeshes() {
    this.roots = [];
    for (const mesh of meshes) {
      const file = join(this.folder, `${mesh}.toml`);
      writeFileSync(file, scenario(this.plan, mesh));
      const args = [
        ...traffic.map(String),
        "--seed",
        `${this.plan.seed}`,
        "--scenario",
        file,
        "--json",
      ];
      this.roots.push(await this.simulator(args, this.gateway.portOf(mesh)));
    }
    const opened = async () => {
      const { meshes: all } = await this.gateway.status();
      return all.every(({ link }) => link.state === "up") && all;
    };
    const all = await until("both meshes are up", opened, this.patience);
    const since = all.map(({ name, link }) => [name, Date.parse(link.since)]);
    this.begunOf = Object.fromEntries(since); // roots count from there
    this.begun = this.begunOf[meshes[0]];
  }

  /** What each root says that it did. */
  async endMeshes() {
    const statistics = {};
    for (const [i, root] of this.roots.entries()) {
      await this.end(root);
      statistics[meshes[i]] = JSON.parse(root.lines.at(-1));
    }
    return statistics;
  }

  async endClients() {
    await this.commander.close();
    await this.asker.close();
  }

  /** Everything is on the disk, and everybody knows it. The last status. */
  async settle() {
    for (const proxy of this.proxies) proxy.heal();
    const status = await until(
      "the record is complete",
      async () => {
        const found = await this.gateway.healthy();
        const { events, recorder } = found ?? {};
        return recorder?.events?.waiting === 0 && recorder.position.seq === events.seq && found;
      },
      this.patience,
    );
    const { epoch, seq } = status.events;
    for (const each of this.followers)
      await until(`${each.name} has everything`, () => each.isAt({ epoch, seq }), this.patience);
    return status;
  }
}
