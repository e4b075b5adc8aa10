// A listener of the client socket (protocol/WIRE.md §4): notes every push.
import { connect } from "node:net";

const acknowledged = Buffer.from("[ack]\0", "latin1");
const restarted = Buffer.from("[RST]\0\0", "latin1");
const beginning = 8; // type, node, length

export class Listener {
  constructor(port) {
    this.messages = []; // node and payload as hex
    this.faults = [];
    this.kept = Buffer.alloc(0);
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("error", () => {});
    this.socket.on("close", () => this.closed || this.faults.push("the listener was closed"));
    this.begun = new Promise((resolve) => (this.begins = resolve));
    this.socket.on("data", (bytes) => this.feed(bytes));
    this.socket.write("[syn]\0");
  }

  feed(bytes) {
    this.kept = Buffer.concat([this.kept, bytes]);
    if (this.begins && this.kept.length >= acknowledged.length) this.acknowledge();
    while (!this.begins && this.kept.length >= beginning && this.faults.length === 0) {
      if (this.kept.subarray(0, restarted.length).equals(restarted)) {
        this.kept = this.kept.subarray(restarted.length);
        continue;
      }
      const end = beginning + this.kept[beginning - 1];
      if (!this.kept.subarray(0, 5).equals(Buffer.from("[MSG]")))
        this.faults.push(`a push that is none: ${this.kept.subarray(0, 8).toString("hex")}`);
      if (this.kept.length < end) return;
      const node = this.kept.readUInt16BE(5);
      this.messages.push(`${node} ${this.kept.subarray(beginning - 1, end).toString("hex")}`);
      this.kept = this.kept.subarray(end);
    }
  }

  acknowledge() {
    if (!this.kept.subarray(0, acknowledged.length).equals(acknowledged))
      this.faults.push("no [ack]");
    this.kept = this.kept.subarray(acknowledged.length);
    this.begins();
    this.begins = undefined;
  }

  close() {
    this.closed = true;
    this.socket.destroy();
  }
}
