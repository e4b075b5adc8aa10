import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const binary = process.env.XYLEM_BINARY;
const startWithin = 30_000; // ms
const stopWithin = 30_000; // ms, more than its own grace for all its parts; then it is killed

/** What a test has started; `stop()` ends all of it, the latest first. */
export class Bench {
  constructor() {
    this.started = [];
    this.folder = mkdtempSync(join(tmpdir(), "xylem-page-"));
  }

  /** `xylem run` on ports that the system chooses; resolves when it serves. */
  async gateway(args) {
    const child = this.spawn([
      "run",
      "--set",
      "mesh.listen=127.0.0.1:0",
      "--set",
      "web.listen=127.0.0.1:0",
      ...args,
    ]);
    child.url = await this.line(child, /msg="?serving"? url=(\S+)/);
    child.port = Number(new URL(child.url).port);
    return child;
  }

  /** `xylem sim` on a port of its own, `link`. */
  async simulator(args, link = join(this.folder, "root")) {
    const child = this.spawn(["sim", "--link", link, ...args]);
    child.link = link;
    await this.line(child, /\/dev\/pts\/|root|port/i);
    return child;
  }

  spawn(args) {
    if (!binary) throw new Error("XYLEM_BINARY is not set");
    const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
    child.lines = [];
    child.ended = new Promise((resolve) => child.once("close", resolve));
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on("line", (line) => {
        child.lines.push(line);
        child.emit("line", line);
      });
    this.started.push(() => this.end(child));
    return child;
  }

  /** What a command that ends by itself writes. */
  async output(args) {
    const child = this.spawn(args);
    const code = await child.ended;
    if (code) throw new Error(`${args.join(" ")} ended with ${code}: ${child.lines.join("\n")}`);
    return child.lines.join("\n");
  }

  /** The first group of the first line that matches. */
  line(child, pattern) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail("in time"), startWithin);
      const fail = (why) =>
        reject(new Error(`no ${pattern} ${why}: ${child.lines.slice(-5).join("\n")}`));
      const look = (line) => {
        const found = line.match(pattern);
        if (!found) return;
        clearTimeout(timer);
        child.off("line", look);
        resolve(found[1] ?? found[0]);
      };
      child.lines.forEach(look);
      child.on("line", look);
      child.ended.then(() => fail("before its end"));
    });
  }

  async end(child, signal = "SIGTERM") {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), stopWithin);
    await child.ended;
    clearTimeout(timer);
  }

  /**
   * A listener that passes bytes on to `target`; without one it breaks each new connection, and
   * `cut()` breaks all.
   */
  async proxy() {
    const pairs = new Set();
    const server = createServer((near) => {
      if (!proxy.target) return near.destroy();
      const far = connect(proxy.target, "127.0.0.1");
      const pair = [near, far];
      pairs.add(pair);
      const close = () => {
        pairs.delete(pair);
        pair.forEach((socket) => socket.destroy());
      };
      for (const socket of pair) socket.on("error", close).on("close", close);
      near.pipe(far).pipe(near);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const proxy = {
      port: server.address().port,
      url: `http://127.0.0.1:${server.address().port}/`,
      cut: () => [...pairs].forEach((pair) => pair.forEach((socket) => socket.destroy())),
    };
    this.started.push(() => {
      proxy.cut();
      server.close();
    });
    return proxy;
  }

  async stop() {
    for (const end of this.started.splice(0).reverse()) await end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
