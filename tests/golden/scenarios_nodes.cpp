// Nodes that join, speak, fall silent and come back (wire §2).
#include "tests/golden/scenarios.hpp"

namespace xylem::testing::scenarios {

golden joining() {
  golden out{.name = "joining"};
  auto& it = out.script;
  it.begin();
  it.root(root_frame(0, "NET", hex("00"))); // a mesh without nodes
  for (std::uint8_t node = 1; node <= 5; ++node) {
    it.wait(100ms);
    it.root(root_frame(node, "NOD", uuid_of(node)));
    it.wait(250ms);
    it.root(data_frame(node, {item("GPS", hex("0cdac8 4ac7ec"))}));
  }
  it.wait(5s);
  it.root(root_frame(2, "NOD", uuid_of(2) + "[E]")); // known already: no news
  it.root(root_frame(3, "NOD", uuid_of(0xC3)));      // a replaced device
  it.wait(1s);
  it.root(data_frame(3, {item("GPS", hex("0cdac8 4ac7ec"))}, "[E]"));
  out.events = {{"link_changed", 2}, {"command", 1},  {"node_joined", 5 + 1},
                {"node_changed", 5}, {"reading", 5 + 1}};
  out.in_order = {
    R"("kind":"link_changed","state":"silent","text":"no frame since the port was opened")",
    R"("time":"2026-01-31T12:00:01.050Z","mesh":"field","kind":"command","id":1,"node":0,"state":"written")",
    R"("kind":"link_changed","state":"up")",
    R"("kind":"node_joined","node":1,"uuid":"01010101010101010101010101010101","state":"disconnected")",
    R"("kind":"node_changed","node":1,"state":"active")",
    R"("node":1,"type":"GPS","data":"0cdac84ac7ec","value":{"longitude":8.4244,"latitude":49.00844},"reading":1)",
    R"("kind":"node_joined","node":3,"uuid":"c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3","state":"active")",
    R"("kind":"reading","node":3,)"};
  out.nodes = 5;
  return out;
}

golden snapshot_of_120() {
  golden out{.name = "snapshot_of_120"};
  auto& it = out.script;
  it.begin();
  it.wait(30ms);
  it.root(snapshot_frame(1, 40));
  it.root(snapshot_frame(41, 80));
  it.wait(4ms);
  it.root(snapshot_frame(81, 120));
  it.wait(2s);
  it.root(data_frame(60, {item("T01", hex("2a"))})); // a list is no sign of life, this is
  it.wait(1s);
  it.root(snapshot_frame(1, 10) + snapshot_frame(7, 7)); // named again, twice: no news
  it.root(root_frame(0, "NET", hex("01") + big16(60) + uuid_of(0xEE)));
  out.events = {{"link_changed", 2}, {"command", 1}, {"node_joined", 120 + 1},
                {"node_changed", 1}, {"reading", 1}};
  out.in_order = {R"("kind":"node_joined","node":1,"uuid":"01010101)",
                  R"("kind":"node_joined","node":120,"uuid":"78787878)",
                  R"("kind":"node_changed","node":60,"state":"active")",
                  R"("kind":"reading","node":60,"type":"T01","data":"2a","reading":1)",
                  R"("kind":"node_joined","node":60,"uuid":"eeeeeeee)"};
  out.nodes = 120;
  return out;
}

golden root_reset() {
  golden out{.name = "root_reset"};
  auto& it = out.script;
  auto speak = [&] {
    for (std::uint16_t node = 1; node <= 4; ++node) {
      it.wait(20ms);
      it.root(data_frame(node, {item("T01", hex("17"))}));
    }
  };
  it.begin();
  it.root(snapshot_frame(1, 4));
  speak();
  it.wait(20s);
  it.root(root_frame(0, "RST")); // all four are disconnected, and NINFO goes out at once
  it.gateway(network_info);
  it.wait(40ms);
  it.root(snapshot_frame(1, 4)); // the answer, without news
  speak();
  out.events = {{"link_changed", 2}, {"command", 2}, {"node_joined", 4}, {"node_changed", 4 + 4 + 4},
                {"reading", 4 + 4}, {"root_restarted", 1}};
  out.in_order = {R"("kind":"node_changed","node":4,"state":"active")",
                  R"("time":"2026-01-31T12:00:21.130Z","mesh":"field","kind":"root_restarted","node":0,"type":"RST")",
                  R"("kind":"node_changed","node":1,"state":"disconnected")",
                  R"("kind":"node_changed","node":4,"state":"disconnected")",
                  R"("time":"2026-01-31T12:00:21.130Z","mesh":"field","kind":"command","id":2,"node":0,"state":"written")",
                  R"("kind":"node_changed","node":1,"state":"active")",
                  R"("kind":"reading","node":4,"type":"T01","data":"17","reading":8)"};
  out.nodes = 4;
  return out;
}

/// 60 s without a frame: idle; 180 s: disconnected, and the link is silent (wire §1, §2). Timers
/// run each second from 12:00:00 on, and the frame comes on a whole second.
golden long_idle() {
  golden out{.name = "long_idle"};
  auto& it = out.script;
  it.begin();
  it.wait(950ms);
  it.root(data_frame(5, {item("T01", hex("01"))})); // at 12:00:02
  it.wait(20s);
  it.root(root_frame(6, "[D]", hex("00"))); // at 12:00:22: heard, without a reading
  it.wait(10min);
  it.root(data_frame(5, {item("T01", hex("02"))})); // at 12:10:22
  out.events = {{"link_changed", 2 + 2}, {"command", 1}, {"node_joined", 2},
                {"node_changed", 2 + 2 + 2 + 1}, {"reading", 2}};
  out.in_order = {
    R"("kind":"reading","node":5)",
    R"("kind":"node_changed","node":6,"state":"active")",
    R"("time":"2026-01-31T12:01:02.000Z","mesh":"field","kind":"node_changed","node":5,"state":"idle")",
    R"("time":"2026-01-31T12:01:22.000Z","mesh":"field","kind":"node_changed","node":6,"state":"idle")",
    R"("time":"2026-01-31T12:03:02.000Z","mesh":"field","kind":"node_changed","node":5,"state":"disconnected")",
    R"("time":"2026-01-31T12:10:22.000Z","mesh":"field","kind":"link_changed","state":"up")",
    R"("time":"2026-01-31T12:10:22.000Z","mesh":"field","kind":"node_changed","node":5,"state":"active")"};
  out.nodes = 2;
  return out;
}

/// Two meshes in one file, each with settings of its own: south has a declared type, and nodes
/// that are idle after five seconds.
golden two_meshes() {
  golden out{.name = "two_meshes"};
  auto& it = out.script;
  it.mesh("north");
  it.begin();
  it.mesh("south");
  it.begin(); // at 12:00:01.050, its NINFO is written at 12:00:02.100
  for (auto n = 0; n < 3; ++n) {
    it.mesh("north");
    it.root(data_frame(1, {item("TMP", hex("00d7"))})); // a dynamic type here
    it.mesh("south");
    it.root(data_frame(1, {item("TMP", hex("00d7"))})); // 21.5 degrees here
    it.wait(500ms);
  }
  it.root(data_frame(1, {item("TMP", hex("d7"))})); // of a wrong length here: malformed
  it.wait(6s);
  it.mesh("north");
  it.root(data_frame(1, {item("TMP", hex("d7"))}));
  out.settings = "[[mesh]]\n"
                 "name = \"south\"\n"
                 "serial = \"/dev/ttyUSB1\"\n"
                 "listen = \"127.0.0.1:5002\"\n"
                 "idle_after = \"5s\"\n"
                 "\n"
                 "[[mesh.data_type]]\n"
                 "name = \"TMP\"\n"
                 "fields = [{ name = \"celsius\", type = \"i16\", scale = 0.1 }]\n"
                 "\n"
                 "[[mesh]]\n"
                 "name = \"north\"\n"
                 "serial = \"/dev/ttyUSB0\"\n";
  out.events = {{"link_changed", 2 * 2}, {"command", 2}, {"node_joined", 2},
                {"node_changed", 2 + 1}, {"reading", 3 + 1 + 3}};
  out.in_order = {
    R"("mesh":"north","kind":"reading","node":1,"type":"TMP","data":"00d7","reading":1)",
    R"("mesh":"south","kind":"reading","node":1,"type":"TMP","data":"00d7","value":{"celsius":21.5},"reading":1)",
    R"("mesh":"south","kind":"node_changed","node":1,"state":"idle")",
    R"("mesh":"north","kind":"reading","node":1,"type":"TMP","data":"d7","reading":4)"};
  out.nodes = 2;
  out.malformed = 1;
  return out;
}

/// The wall clock jumps: times follow it, spans do not.
golden clock_jump() {
  golden out{.name = "clock_jump"};
  auto& it = out.script;
  it.begin();
  it.wait(950ms);
  it.root(data_frame(5, {item("T01", hex("01"))})); // 12:00:02
  it.wait(1s);
  it.set_wall(1h);
  it.root(data_frame(6, {item("T01", hex("02"))})); // 13:00:03, a second later
  it.wait(1s);
  it.set_wall(-90min);
  it.root(data_frame(7, {item("T01", hex("03"))})); // 11:30:04
  it.wait(58s);
  it.root(root_frame(7, "[D]", hex("00"))); // 11:31:02: node 5 has been silent for 60 s
  out.events = {{"link_changed", 2}, {"command", 1}, {"node_joined", 3},
                {"node_changed", 3 + 1}, {"reading", 3}};
  out.in_order = {R"("time":"2026-01-31T12:00:02.000Z","mesh":"field","kind":"reading","node":5)",
                  R"("time":"2026-01-31T13:00:03.000Z","mesh":"field","kind":"reading","node":6)",
                  R"("time":"2026-01-31T11:30:04.000Z","mesh":"field","kind":"reading","node":7)",
                  R"("time":"2026-01-31T11:31:02.000Z","mesh":"field","kind":"node_changed","node":5,"state":"idle")"};
  out.nodes = 3;
  return out;
}

/// Thousands of frames within a second.
golden storm() {
  constexpr auto reads = 100, frames_of_a_read = 40;
  golden out{.name = "storm", .is_long = true};
  auto& it = out.script;
  it.begin();
  for (auto n = 0; n < reads; ++n) {
    std::string all;
    for (auto k = 0; k < frames_of_a_read; ++k)
      all += data_frame(static_cast<std::uint16_t>(1 + (n + k) % 20),
                        {item("T01", big16(static_cast<std::uint16_t>(n * frames_of_a_read + k)))});
    it.root(all);
    it.wait(9ms);
  }
  out.events = {{"link_changed", 2}, {"command", 1}, {"node_joined", 20}, {"node_changed", 20},
                {"reading", reads * frames_of_a_read}};
  out.in_order = {R"("data":"0000","reading":1)", R"("data":"0f9f","reading":4000)"};
  out.nodes = 20;
  return out;
}

} // namespace xylem::testing::scenarios
