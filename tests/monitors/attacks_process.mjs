// What happens to the process of the gate, and to those who are connected to it.
import assert from "node:assert/strict";
import { createServer } from "node:tls";
import { until } from "./arena.mjs";
import { alpn, wait } from "./monitor.mjs";

/** Everybody goes on; the monitor exactly where it was. */
async function endGate(siege, signal) {
  const { connections } = siege.monitor;
  const gatePid = siege.gatePid;
  process.kill(gatePid, signal);
  const begun = Date.now();
  const back = await until("the gate is back", async () => {
    const gate = await siege.gateway.gate();
    return gate.pid !== gatePid && gate.port && gate.pid;
  });
  siege.gatePid = back;
  const figure = `until the gate was back after ${signal}, ms`;
  (siege.figures[figure] ??= []).push(Date.now() - begun);
  await until("the monitor follows again", () => siege.monitor.connections > connections);
}

/** A gateway that has the certificate of a monitor. */
async function falseGateway(siege, { key, cert }) {
  const server = createServer({
    key,
    cert,
    ca: siege.authority.certificate,
    requestCert: true,
    ALPNProtocols: [alpn],
    minVersion: "TLSv1.3",
  });
  server.on("tlsClientError", () => {});
  server.on("secureConnection", (socket) => socket.on("error", () => {}).resume());
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

async function monitorRefuses(siege, identity, words) {
  siege.authority.issue("watcher");
  const server = await falseGateway(siege, identity);
  siege.later(() => server.close());
  const from = `127.0.0.1:${server.address().port}`;
  const pki = ["--pki", siege.authority.folder, "--name", "watcher"];
  const child = siege.arena.spawn(["monitor", "--json", ...pki, "--gateway", from]);
  await siege.arena.line(child, words);
  await siege.arena.end(child);
  assert.ok(!child.lines.some((line) => /"state":"following"/.test(line)));
}

export function attackTheProcess(siege, test) {
  const attack = (name, expected, act) => test(name, () => siege.attack(name, expected, act));

  const revoked = { reason: "revoked", once: true };
  attack("a certificate that is revoked ends its connection", revoked, async (it) => {
    const doomed = await it.greeted(it.other);
    it.authority.revoke("other");
    return doomed;
  });
  const notAllowed = { reason: "not_allowed", once: true };
  attack("a name that leaves the list ends its connection", notAllowed, async (it) => {
    const doomed = await it.greeted();
    it.gateway.reload({ honest: "read", banned: "read" });
    return doomed;
  });
  const once = { once: true };
  attack("xylem monitor does not follow who has the certificate of a monitor", once, (it) =>
    monitorRefuses(it, it.authority.issue("guest", "--monitor-only"), /was not issued for this/),
  );
  for (const signal of ["SIGKILL", "SIGSEGV"])
    attack(`${signal} of the gate: nobody notices but its monitors, who go on exactly`, {}, (it) =>
      endGate(it, signal),
    );
  attack("SIGKILL of the gate five times in a row", {}, async (it) => {
    for (let i = 0; i < 5; ++i) {
      await endGate(it, "SIGKILL");
      await wait(100);
    }
  });
  if (process.env.XYLEM_HANG) // it takes 10 s
    attack("a gate that hangs is ended and started anew", {}, (it) => endGate(it, "SIGSTOP"));
}
