// Attacks of who has no certificate that counts: what comes before a connection is authenticated.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { connect, createServer } from "node:net";
import { header, operations } from "./basp.mjs";
import { Authority } from "./certificates.mjs";
import { until } from "./arena.mjs";
import { Monitor, openTls, wait } from "./monitor.mjs";

const plainText = { reason: "plain_text" };

/** What it said is no TLS. */
const say = (bytes) => async (siege) => {
  const socket = siege.keep(
    connect({ port: await siege.gateway.port(), localAddress: siege.newHost(), host: "127.0.0.1" }),
  );
  socket.write(bytes);
  socket.resume();
  return socket;
};

/** The gate closes a connection; the client's side of TLS may have been done before. */
const refusedTls = (identity, options) => {
  let shown;
  return async (siege) => {
    shown ??= identity(siege);
    try {
      const socket = await siege.tls(shown, options);
      socket.resume();
      return socket;
    } catch {
      return undefined; // refused before its side was done
    }
  };
};

const tlsRecord = (type, body) => {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(body.length);
  return Buffer.concat([Buffer.from([type, 3, 1]), size, body]);
};

/** A ClientHello that says it is 128 KiB long, in records of 16 KiB. */
function endlessHello() {
  const hello = Buffer.alloc(128 * 1024, 1);
  hello.set([1, 1, 0xff, 0, 3, 3]);
  const parts = [];
  for (let at = 0; at < hello.length; at += 16384)
    parts.push(tlsRecord(22, hello.subarray(at, at + 16384)));
  return Buffer.concat(parts);
}

/** What a client of TLS has sent until its side was done and a moment longer. */
async function recordedSession(siege) {
  const recorded = [];
  const gate = await siege.gateway.port();
  const server = createServer((near) => {
    const far = connect({ port: gate, host: "127.0.0.1", localAddress: siege.newHost() });
    near.on("data", (bytes) => recorded.push(bytes));
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on("error", () => {});
  });
  siege.later(() => server.close());
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const honest = await openTls(server.address().port, siege.attacker);
  let tickets = 0;
  honest.on("session", () => ++tickets);
  honest.on("error", () => {});
  await new Promise((resolve) => honest.once("data", resolve));
  assert.equal(honest.isSessionReused(), false);
  assert.equal(tickets, 0);
  honest.destroy();
  return Buffer.concat(recorded);
}

/** Some are silent, some have begun TLS: as many as wait at once, from as many addresses. */
async function halfOpen(siege, count) {
  const port = await siege.gateway.port();
  const clientHello = tlsRecord(22, Buffer.from([1, 0, 1, 0, 3, 3]));
  const sockets = [];
  for (let i = 0; i < count; ++i) {
    const localAddress = `127.2.${i % 100}.1`;
    const socket = siege.keep(connect({ port, host: "127.0.0.1", localAddress }));
    if (i % 2) socket.write(clientHello);
    socket.resume();
    sockets.push(socket);
    if (i % 50 === 49) await wait(1); // the listener's queue is bounded, too
  }
  return sockets;
}

async function comeInBesideSilence(siege, count) {
  const sockets = await halfOpen(siege, count);
  const guest = new Monitor({
    name: "other",
    identity: siege.other,
    port: () => siege.gateway.port(),
    localAddress: siege.newHost(),
  });
  siege.later(() => guest.close());
  const begun = Date.now();
  await until("another monitor comes in", () => guest.connections > 0);
  siege.figures["until a monitor came in beside 1,000 that say nothing, ms"] = Date.now() - begun;
  await until("all are closed", () => sockets.every((each) => each.destroyed));
  const reasons = ["too_many_handshakes", "too_many_of_address", "connects_too_often"];
  const refused = await Promise.all(reasons.map((reason) => siege.refused(reason)));
  assert.ok(refused.reduce((sum, each) => sum + each, 0) > 0.8 * count);
}

export function attackThePort(siege, test) {
  const attack = (name, expected, act) =>
    test(name, () => siege.attack(name, expected, (it) => act(it)));

  attack(
    "the handshake packet of 32 bytes, as plain text, is refused",
    plainText,
    say(header({ operation: operations.clientHandshake }, 0)),
  );
  attack(
    "a plain header of 4 GiB is refused",
    plainText,
    say(header({ operation: operations.direct, destination: 1n }, 0xffff_ffff)),
  );
  attack("HTTP is refused", plainText, say("GET / HTTP/1.1\r\nHost: xylem\r\n\r\n"));
  attack("a WebSocket client is refused", plainText, say("GET /ws HTTP/1.1\r\n\r\n"));
  attack("random bytes are refused", plainText, say(randomBytes(4096).fill(99, 0, 1)));
  attack(
    "a TLS handshake that never ends is cut off",
    { reason: "handshake_too_long" },
    say(endlessHello()),
  );

  attack(
    "TLS 1.2 is refused",
    { reason: "old_version" },
    refusedTls((it) => it.attacker, { minVersion: "TLSv1.2", maxVersion: "TLSv1.2" }),
  );
  attack(
    "who shows no certificate is refused",
    { reason: "no_certificate" },
    refusedTls((it) => ({ ca: it.authority.certificate })),
  );
  attack(
    "a certificate of another authority with the same name is refused",
    { reason: "other_authority" },
    refusedTls((it) => {
      const folder = `${it.arena.folder}/theirs`;
      const theirs = new Authority(process.env.XYLEM_BINARY, folder, ["attacker"]);
      return { ...theirs.identity("attacker"), ca: it.authority.certificate };
    }),
  );
  attack(
    "a certificate that has expired is refused",
    { reason: "expired" },
    refusedTls((it) => it.authority.forge("expired", { from: -9, until: -1 })),
  );
  attack(
    "a certificate that is not valid yet is refused",
    { reason: "not_yet_valid" },
    refusedTls((it) => it.authority.forge("early", { from: 1, until: 9 })),
  );
  attack(
    "a certificate for servers is none of a monitor",
    { reason: "wrong_use" },
    refusedTls((it) => it.authority.forge("server", { uses: "serverAuth" })),
  );
  attack(
    "a certificate that was revoked is refused",
    { reason: "revoked" },
    refusedTls((it) => {
      const identity = it.authority.issue("banned");
      it.authority.revoke("banned");
      return identity;
    }),
  );
  attack(
    "a name that is not in the list is refused",
    { reason: "not_allowed" },
    refusedTls((it) => it.authority.issue("stranger")),
  );
  attack(
    "another protocol within TLS is refused",
    { reason: "other_protocol" },
    refusedTls((it) => it.attacker, { ALPNProtocols: ["h2", "http/1.1"] }),
  );
  attack(
    "no protocol within TLS is refused",
    { reason: "other_protocol" },
    refusedTls((it) => it.attacker, { ALPNProtocols: undefined }),
  );
  attack(
    "there is no session to resume, and a recorded one is worth nothing",
    { reason: "broken" },
    async (it) => say(await recordedSession(it))(it),
  );

  const often = { reason: "connects_too_often", times: 10 };
  attack("the eleventh connection at once of an address is refused", often, async (it) => {
    const from = { host: "127.0.0.1", localAddress: it.newHost() };
    const port = await it.gateway.port();
    for (let i = 0; i < 30; ++i) it.keep(connect({ port, ...from })).resume();
  });

  const late = { reason: "handshake_too_late", times: 64 };
  attack("of 1,000 silent connections none is there after 5 s; monitors come in", late, (it) =>
    comeInBesideSilence(it, 1000),
  );
}
