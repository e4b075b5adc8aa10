// Where the record lives, which can be full: a small tmpfs where mounting is permitted, else a
// folder and a limit on the size of files that the gateway may write.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";

const run = (command, ...args) => execFileSync(command, args, { stdio: "pipe" });

export class StateSpace {
  constructor(folder, mib) {
    this.folder = folder;
    mkdirSync(folder, { mode: 0o700 });
    try {
      run("mount", "-t", "tmpfs", "-o", `size=${mib}m,mode=700`, "tmpfs", folder);
      this.isMounted = true;
      this.how = `a tmpfs of ${mib} MiB`;
    } catch {
      this.how = "a folder; full: no file of the gateway may grow beyond 4 KiB (RLIMIT_FSIZE)";
    }
  }

  /** From now on whoever writes there is told that there is no space. */
  fill(pid) {
    if (!this.isMounted) return run("prlimit", `--pid=${pid}`, "--fsize=4096:unlimited");
    for (let i = 0; i < 3; ++i) {
      const { bavail, bsize } = statfsSync(this.folder);
      if (bavail === 0) return;
      try {
        run("fallocate", "-l", String(bavail * bsize), join(this.folder, `filler.${i}`));
      } catch {
        // something else was quicker
      }
    }
  }

  free(pid) {
    if (!this.isMounted) return run("prlimit", `--pid=${pid}`, "--fsize=unlimited:unlimited");
    for (let i = 0; i < 3; ++i) rmSync(join(this.folder, `filler.${i}`), { force: true });
  }

  remove() {
    if (this.isMounted) run("umount", "-l", this.folder);
    this.isMounted = false;
  }
}
