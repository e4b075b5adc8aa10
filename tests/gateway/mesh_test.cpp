#include "event_log.hpp"
#include "gateway_process.hpp"
#include "raw_client.hpp"
#include "waiting.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace xylem;
using namespace xylem::testing;

namespace {

std::string random_bytes(std::mt19937& random, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i)
    out += static_cast<char>(random());
  return out;
}

/// Every byte of the UART is in exactly one of the sums.
std::uint64_t sum_of(const boost::json::object& uart) {
  auto number = [](const boost::json::value& value) { return value.to_number<std::uint64_t>(); };
  auto sum = number(uart.at("frame_bytes")) + number(uart.at("console_bytes"))
             + number(uart.at("pending_bytes"));
  for (const auto& [reason, counts] : uart.at("rejects").as_object())
    sum += number(counts.at("bytes"));
  return sum;
}

constexpr auto two_meshes = R"(
[[mesh]]
name = "north"
serial = "%FOLDER%/north"
listen = "127.0.0.1:0"
transmit = "stream"
[[mesh]]
name = "south"
serial = "%FOLDER%/south"
listen = "127.0.0.1:0"
transmit = "stream"
)";

std::string configuration(const temp_folder& folder) {
  std::string text = two_meshes;
  constexpr std::string_view mark = "%FOLDER%";
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark))
    text.replace(at, mark.size(), folder.path());
  return folder.write("two.toml", text);
}

} // namespace

TEST_CASE("a root that restarts disconnects its nodes until they are heard, and is asked again") {
  one_mesh mesh;
  mesh.learn(5, {{"ONE", "1"}});
  mesh.learn(6, {{"ONE", "1"}});
  event_log events{mesh.gateway};
  raw_client client{mesh.gateway.port()};
  mesh.root.say(word(0) + "RST");
  events.await(
      "two nodes are disconnected",
      [](const auto& event) {
        return event.kind == "node_changed" && event.state == "disconnected";
      },
      2);
  CHECK(events.count(is_kind("root_restarted")) == 1);
  CHECK(client.ask("ACT-C", 3) == "S" + word(0));
  mesh.root.await_command(ninfo, 2);
  mesh.root.say(snapshot({5, 6})); // what the root remembers is no sign of life
  mesh.learn(6, {{"ONE", "2"}});
  CHECK(client.ask("ACT-C", 3) == "S" + word(1));
  auto nodes = mesh.gateway.connect().node_status();
  REQUIRE(nodes);
  CHECK(*nodes
        == std::vector<client::node_activity>{{node_address{5}, false}, {node_address{6}, true}});
}

TEST_CASE("a node that is silent becomes idle, then disconnected, and is told so") {
  one_mesh mesh{{"mesh.idle_after=10ms", "mesh.disconnected_after=1500ms"}};
  event_log events{mesh.gateway};
  auto is_now = [](std::string state) {
    return [state = std::move(state)](const client::gateway_event& event) {
      return event.kind == "node_changed" && event.state == state;
    };
  };
  mesh.root.say(update(5, {{"ONE", "1"}}));
  events.await("the node is active", is_now("active"));
  events.await("the node is idle", is_now("idle"));
  events.await("the node is disconnected", is_now("disconnected"));
  CHECK(mesh.gateway.number("nodes/disconnected") == 1);
  mesh.root.say(update(5, {{"ONE", "2"}}));
  events.await("the node is active", is_now("active"), 2);
}

TEST_CASE(
    "a root that says nothing more makes its link silent, one that speaks again makes it up") {
  one_mesh mesh{{"mesh.silent_after=10ms"}};
  event_log events{mesh.gateway};
  mesh.root.say(message(5, "hello"));
  events.await("the link is up", is_link("up"));
  events.await("the link is silent", is_link("silent"));
  mesh.root.say(message(5, "hello"));
  events.await("the link is up", is_link("up"), 2);
}

TEST_CASE("two meshes of one gateway do not mix") {
  temp_folder folder;
  pty_root north{folder / "north"};
  pty_root south{folder / "south"};
  north.plug();
  south.plug();
  gateway_process gateway{folder, {"--config", configuration(folder)}, {"north", "south"}};
  north.await_command(ninfo);
  south.await_command(ninfo);
  raw_client to_north{gateway.port("north")};
  raw_client to_south{gateway.port("south")};
  raw_client north_listener{gateway.port("north")};
  raw_client south_listener{gateway.port("south")};
  for (auto* listener : {&north_listener, &south_listener})
    REQUIRE(listener->ask(listen_request, listen_accepted.size()) == listen_accepted);
  event_log north_events{gateway, "north"};
  event_log south_events{gateway, "south"};

  for (unsigned i = 0; i < 100; ++i) {
    north.say(update(5, {{"WHO", "north"}}));
    south.say(update(5, {{"WHO", "south"}}));
    north.say(message(5, "from north " + std::to_string(i)));
    south.say(message(5, "from south " + std::to_string(i)));
    CHECK(to_north.ask(send_request(5, "to north"), 1) == "S");
    CHECK(to_south.ask(send_request(5, "to south"), 1) == "S");
  }
  for (unsigned i = 0; i < 100; ++i) {
    auto of_north = pushed_message(5, "from north " + std::to_string(i));
    auto of_south = pushed_message(5, "from south " + std::to_string(i));
    CHECK(north_listener.read(of_north.size()) == of_north);
    CHECK(south_listener.read(of_south.size()) == of_south);
  }
  north.await_command(as_command(send_request(5, "to north")), 100);
  south.await_command(as_command(send_request(5, "to south")), 100);
  CHECK(north.heard().size() == 101);
  CHECK(south.heard().size() == 101);
  auto who_north = block("WHO", 5, {{5, "north"}});
  auto who_south = block("WHO", 5, {{5, "south"}});
  CHECK(to_north.ask(get_request(0, "WHO"), who_north.size()) == who_north);
  CHECK(to_south.ask(get_request(0, "WHO"), who_south.size()) == who_south);

  north.unplug();
  north_events.await("the link is down", is_link("down"));
  CHECK(to_north.ask("ACT-C", 3) == "S" + word(0));
  CHECK(to_south.ask("ACT-C", 3) == "S" + word(1));
  CHECK(to_south.ask(send_request(6, "still"), 1) == "S");
  south.await_command(as_command(send_request(6, "still")));
  south_events.await("command written", is_command(6, "written"));
  for (const auto& event : north_events.all())
    CHECK(event.mesh == "north");
  for (const auto& event : south_events.all())
    CHECK(event.mesh == "south");
}

TEST_CASE("a megabyte of noise on the UART harms nobody, and every byte of it is accounted for") {
  one_mesh mesh;
  raw_client client{mesh.gateway.port()};
  std::mt19937 random{1};
  for (int i = 0; i < 64; ++i) {
    mesh.root.print(random_bytes(random, 16 * 1024));
    CHECK(client.ask("ACT-C", 3).substr(0, 1) == "S");
  }
  mesh.learn(5, {{"END", "of noise"}});
  mesh.root.print("\xFF"
                  "an unfinished frame");
  auto said = mesh.root.bytes_said();
  CHECK(said > 1024 * 1024);
  CHECK(eventually([&] { return mesh.gateway.number("uart/bytes_read") == said; }));
  auto uart = mesh.gateway.status().at_pointer("/meshes/0/uart").as_object();
  CHECK(sum_of(uart) == said);
  CHECK(uart["pending_bytes"] == 20); // FF and 19 letters
  CHECK(uart["rejects"].at("bad_escape").at("count").to_number<std::uint64_t>() > 0);

  // What the port had not finished when it went is lost, and counted as such.
  mesh.root.unplug();
  CHECK(eventually([&] { return mesh.gateway.number("uart/pending_bytes") == 0; }));
  uart = mesh.gateway.status().at_pointer("/meshes/0/uart").as_object();
  CHECK(uart["bytes_read"].to_number<std::uint64_t>() == said);
  CHECK(sum_of(uart) == said);
  mesh.root.plug();
  mesh.learn(5, {{"END", "of all"}});
  CHECK(sum_of(mesh.gateway.status().at_pointer("/meshes/0/uart").as_object())
        == mesh.root.bytes_said());
}

TEST_CASE("clients that send garbage are turned away, and no other client notices") {
  one_mesh mesh;
  mesh.learn(5, {{"ONE", "1"}});
  raw_client good{mesh.gateway.port()};
  auto reply = block("ONE", 1, {{5, "1"}});
  auto request = get_request(5, "ONE");
  std::mt19937 random{2};
  for (int i = 0; i < 32; ++i) {
    raw_client bad{mesh.gateway.port()};
    try {
      bad.write(random_bytes(random, 32 * 1024));
      bad.end_writing();
    } catch (const std::system_error&) { // the gateway has had enough of it
    }
    CHECK(good.ask(request, reply.size()) == reply);
    auto said = bad.read_to_end();
    CHECK((said.empty() || said == refusal("Unknown Command")));
    CHECK(good.ask(request, reply.size()) == reply);
  }
  CHECK(mesh.root.heard() == std::vector{ninfo}); // none of it was taken for a command
  auto failures = mesh.gateway.status().at_pointer("/meshes/0/clients/failures").as_object();
  CHECK(failures["Unknown Command"] == 32);
}
