// Whatever comes to the gate of a gateway: the gateway lives, its listener and an honest monitor
// miss nothing, and who attacks is refused and counted (protocol/MONITOR.md §1 to §3).
import { after, before, test } from "node:test";
import { attackThePort } from "./attacks_port.mjs";
import { attackWithFrames } from "./attacks_basp.mjs";
import { attackWithMessages } from "./attacks_messages.mjs";
import { attackTheProcess } from "./attacks_process.mjs";
import { Siege, isLong } from "./siege.mjs";

const siege = new Siege();
before(() => siege.begin());
after(() => siege.end());

attackThePort(siege, test);
attackWithFrames(siege, test);
attackWithMessages(siege, test);
attackTheProcess(siege, test);

test("every message of the mesh reached listener and monitor, each once and in order", () =>
  siege.compare());

if (isLong) // the p99 of a few pushes is the worst one
  test("attacks do not slow down pushes", () => siege.checkLatencies());
