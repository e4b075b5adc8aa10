// What happens to the line itself: noise, text, cables (wire §1).
#include "tests/golden/scenarios.hpp"

namespace xylem::testing::scenarios {

using namespace std::string_view_literals;

/// The streams of the table in wire §1, each followed by a good frame; rare, so that the link does
/// not call it noise. Then stray ends, so many that it does.
golden noise() {
  golden out{.name = "noise"};
  auto& it = out.script;
  auto good = data_frame(5, {item("T01", hex("01"))});
  it.begin();
  it.root(good);
  const std::vector<std::string> broken{
    hex("ff 41 42"),          // truncated
    hex("ff 41 fa"),          // truncated, right after an escape
    hex("ff 41 fb 42 43 fe"), // a bare reserved byte
    hex("ff 41 fa 42 43 fe"), // no partner of the escape
    hex("ff 41 fa fe"),       // the same, at its end
    hex("ff fe"),             // empty
    hex("ff") + std::string(4097, 'x') + hex("fe"), // longer than max_frame
  };
  for (const auto& each : broken) {
    it.wait(7s);
    it.root(each + good);
  }
  it.wait(7s);
  it.root(hex("fe")); // a stray end, alone
  it.wait(10s);
  for (auto n = 0; n < 4; ++n) { // the fourth within 5 s is noise
    it.wait(10ms);
    it.root(hex("fe"));
  }
  it.wait(20s); // a window without noise: the link is up, the last frame is not yet 180 s old
  it.root(good);
  out.events = {{"link_changed", 4}, {"command", 1}, {"node_joined", 1},
                {"node_changed", 1}, {"reading", 1 + 7 + 1}};
  out.in_order = {R"("kind":"link_changed","state":"up")",
                  R"("kind":"link_changed","state":"noisy","text":"4 of 4 bytes rejected, mostly stray_end)",
                  R"("kind":"link_changed","state":"up")",
                  R"("kind":"reading","node":5,"type":"T01","data":"01","reading":9)"};
  out.nodes = 1;
  return out;
}

/// Text outside of frames, and lines that the root sends in frames (rule 5 of wire §2).
golden boot_log() {
  golden out{.name = "boot_log"};
  auto& it = out.script;
  it.begin();
  it.root("ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n");
  it.wait(3ms);
  it.root("\x1b[0;32mI (27) boot: ESP-IDF v4.4.4 2nd stage bootloader\x1b[0m\r\nI (27) boo");
  it.root("t: compile time 10:11:12\r\n");
  for (auto n = 0; n < 30; ++n) // with the 4 above: 20 are told within a second, 14 are not
    it.root("I (" + std::to_string(30 + n) + ") boot: segment " + std::to_string(n) + "\n");
  it.wait(2s);
  it.root("tab\there, and nothing of \0this\n"sv); // 00 is dropped
  it.root("\n" + std::string(300, 'y') + "\n");              // 256 of them
  it.wait(100ms);
  it.root(root_frame(0, "RST"));
  it.gateway(network_info);
  it.wait(1s);
  it.root(root_frame(0, "una", "ble to parse command\r\n"));
  it.root(framed(big16(0) + "ok")); // shorter than a type, but printable
  it.root(message_frame(0, "from the root itself"));
  out.events = {{"link_changed", 2}, {"command", 2}, {"root_log", 20 + 2 + 2},
                {"root_restarted", 1}, {"message", 1}};
  out.in_order = {R"("kind":"root_log","text":"ets Jul 29 2019 12:21:46")",
                  R"~("kind":"root_log","text":"rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)")~",
                  R"("kind":"root_log","text":"I (27) boot: ESP-IDF v4.4.4 2nd stage bootloader")",
                  R"("kind":"root_log","text":"I (27) boot: compile time 10:11:12")",
                  R"("kind":"root_log","text":"I (45) boot: segment 15")",
                  R"("kind":"root_log","text":"tab here, and nothing of this")",
                  "\"kind\":\"root_log\",\"text\":\"" + std::string(256, 'y') + "\"",
                  R"("kind":"root_restarted")",
                  R"("kind":"root_log","text":"unable to parse command)",
                  R"("kind":"root_log","text":"ok")",
                  R"("kind":"message","node":0,"type":"[M]")"};
  out.nodes = 0;
  return out;
}

/// The cable is pulled within a frame, and is back 3 s later with the rest of that frame.
golden unplug_and_return() {
  golden out{.name = "unplug_and_return"};
  auto& it = out.script;
  auto speak = [&] {
    it.root(data_frame(1, {item("T01", hex("01"))}));
    it.root(data_frame(2, {item("T01", hex("02"))}));
  };
  it.begin();
  speak();
  it.wait(1s);
  it.root(hex("ff 00 01 5b 44"));
  it.lost_port("Input/output error");
  it.wait(3s);
  it.opened();
  it.root(hex("5d 00 fe")); // console text and a stray end, no frame
  it.wait(1050ms);
  it.gateway(network_info);
  it.wait(10ms);
  speak();
  out.events = {{"link_changed", 2 + 1 + 2}, {"command", 2}, {"node_joined", 2},
                {"node_changed", 2 + 2 + 2}, {"reading", 2 + 2}};
  out.in_order = {R"("kind":"link_changed","state":"up")",
                  R"("kind":"reading","node":2)",
                  R"("kind":"link_changed","state":"down","text":"Input/output error")",
                  R"("kind":"node_changed","node":1,"state":"disconnected")",
                  R"("kind":"node_changed","node":2,"state":"disconnected")",
                  R"("kind":"link_changed","state":"silent","text":"no frame since the port was opened")",
                  R"("kind":"command","id":2,"node":0,"state":"written")",
                  R"("kind":"link_changed","state":"up")",
                  R"("kind":"node_changed","node":1,"state":"active")",
                  R"("kind":"reading","node":2,"type":"T01","data":"02","reading":4)"};
  out.nodes = 2;
  return out;
}

/// The older records were overwritten: the port is open already, the first bytes are the end of a
/// frame. Later a hole, in which a frame loses its end, and the loss of the port its record.
golden mid_capture() {
  golden out{.name = "mid_capture"};
  auto& it = out.script;
  it.lost(1234);
  it.root(hex("44 5d 00 fe"));
  it.wait(200ms);
  it.root(data_frame(9, {item("T01", hex("01"))}));
  it.wait(1s);
  it.gateway(network_info);
  it.root(hex("ff 00 09 5b"));
  it.lost(3);
  it.root(data_frame(9, {item("T01", hex("02"))}));
  it.wait(5s);
  it.lost(8);
  it.opened("/dev/ttyUSB1"); // so it must have been lost before
  it.wait(2s);
  it.root(data_frame(9, {item("T01", hex("03"))}));
  out.events = {{"link_changed", 2 + 1 + 2}, {"command", 1 + 1}, {"node_joined", 1},
                {"node_changed", 1 + 1 + 1}, {"reading", 3}};
  out.in_order = {R"("seq":1,"time":"2026-01-31T12:00:00.000Z","mesh":"field","kind":"link_changed","state":"silent")",
                  R"("kind":"link_changed","state":"up")",
                  R"("time":"2026-01-31T12:00:01.050Z","mesh":"field","kind":"command")",
                  R"("data":"02","reading":2)",
                  R"("kind":"link_changed","state":"down","text":"opened again")",
                  R"("kind":"node_changed","node":9,"state":"disconnected")",
                  R"("data":"03","reading":3)"};
  out.nodes = 1;
  return out;
}

} // namespace xylem::testing::scenarios
