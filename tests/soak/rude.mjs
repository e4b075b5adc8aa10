// Clients that nobody wants: each attack lasts for so many ms and leaves nothing behind.
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { wait } from "../monitors/monitor.mjs";
import { openWebSocket } from "../page/support/websocket.mjs";

/** Limits of the gate are of an address: who is rude has another one than who is honest. */
let hosts = 0;
const newHost = () => `127.3.${(++hosts >> 8) & 0xff}.${hosts & 0xff}`;

class Crowd {
  constructor() {
    this.sockets = new Set();
  }

  connect(port, localAddress) {
    const socket = connect({ port, host: "127.0.0.1", localAddress });
    this.sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.sockets.delete(socket));
    return socket;
  }

  leave() {
    for (const socket of this.sockets) socket.destroy();
  }
}

const everyRequest = (port) => `GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;

const attacks = {
  async "never reads"({ web, client, crowd, ms }) {
    for (const policy of ["drop_oldest", "disconnect", "latest"]) {
      const peer = await openWebSocket(web).catch(() => undefined);
      if (!peer) continue;
      crowd.sockets.add(peer.socket);
      peer.send({ type: "subscribe", id: 1, policy });
      peer.socket.pause();
    }
    for (let i = 0; i < 4; ++i) crowd.connect(client).pause().write("[syn]\x00");
    for (let i = 0; i < 4; ++i) crowd.connect(web).pause().write(everyRequest(web).repeat(100));
    await wait(ms);
  },

  async "half requests"({ web, client, gate, crowd, ms }) {
    for (let i = 0; i < 20; ++i) {
      crowd.connect(web).write("GET /api/v1/stat");
      crowd
        .connect(web)
        .write(`POST /api/v1/meshes/field/commands HTTP/1.1\r\nContent-Length: 99\r\n`);
      crowd.connect(client).write("[MSG]\x00\x05\x28half");
      crowd.connect(gate, newHost()).write(Buffer.from([22, 3, 1, 1, 0, 1]));
    }
    await wait(ms);
  },

  async "garbage requests"({ web, client, gate, crowd, ms }) {
    for (const end = Date.now() + ms; Date.now() < end; await wait(20)) {
      for (const port of [web, client]) crowd.connect(port).write(randomBytes(2000));
      crowd.connect(gate, newHost()).write(randomBytes(500));
    }
  },

  async resets({ web, client, gate, crowd, ms }) {
    const reset = (port, text, host) => {
      const socket = crowd.connect(port, host);
      socket.on("connect", () => {
        socket.write(text);
        socket.resetAndDestroy();
      });
    };
    for (const end = Date.now() + ms; Date.now() < end; await wait(20)) {
      for (let i = 0; i < 5; ++i) reset(web, everyRequest(web));
      for (let i = 0; i < 5; ++i) reset(client, "[GET]\x00\x01GPS\x00");
      reset(gate, Buffer.from([22, 3, 1, 1, 0, 1]), newHost());
    }
  },

  async floods({ web, client, crowd, ms }) {
    const [pages, queries] = [crowd.connect(web), crowd.connect(client)];
    for (const socket of [pages, queries]) socket.resume();
    const listener = crowd.connect(client);
    listener.resume().write("[syn]\x00");
    for (const end = Date.now() + ms; Date.now() < end; await wait(10)) {
      if (!pages.writableNeedDrain) pages.write(everyRequest(web).repeat(5));
      if (!queries.writableNeedDrain) queries.write("[GET]\x00\x01GPS\x00".repeat(50));
    }
  },

  async connects({ web, client, crowd, ms }) {
    for (let i = 0; i < 10; ++i, await wait(ms / 10))
      for (let k = 0; k < 100; ++k) {
        crowd.connect(client).resume();
        crowd.connect(web).resume();
      }
  },
};

/** Ends when the attack is over and everybody has gone. */
export async function beRude(kind, gateway, ms) {
  const crowd = new Crowd();
  const gate = await gateway.port().catch(() => 1);
  const [web, client] = [gateway.webPort(), gateway.clientPort("field")];
  await attacks[kind]({ web, client, gate, crowd, ms });
  crowd.leave();
}
