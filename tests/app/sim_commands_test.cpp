#include "sim_harness.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace xylem;
using namespace xylem::testing;

namespace {

using texts = std::vector<std::string>;

command send_to(std::uint16_t node, std::string_view text) {
  return {command_kind::send, node_address{node}, copy_of(view_of(text))};
}

/// A mesh that is up, whose first words are forgotten.
listener quiet_gateway(std::size_t nodes) {
  listener gateway{quiet_mesh(nodes)};
  gateway.pass(1s);
  gateway.forget();
  return gateway;
}

} // namespace

TEST_CASE("sim: a snapshot names every node, 40 a frame, and repeats the last of each frame") {
  auto gateway = quiet_gateway(100);
  gateway.command({command_kind::network_info, {}, {}});
  gateway.pass(10ms);
  auto frames = gateway.all(root_message_kind::snapshot);
  REQUIRE(frames.size() == 3); // 40 + 39 new + 21 new
  CHECK(frames[0].nodes.size() == 40);
  CHECK(frames[1].nodes.size() == 40);
  CHECK(frames[1].nodes.front() == frames[0].nodes.back());
  std::set<node_address> named;
  for (const auto& frame : frames)
    named.insert(frame.nodes.begin(), frame.nodes.end());
  CHECK(named.size() == 100);
}

TEST_CASE("sim: a snapshot of an empty mesh is one empty frame") {
  auto gateway = quiet_gateway(0);
  gateway.command({command_kind::network_info, {}, {}});
  gateway.pass(10ms);
  auto frames = gateway.all(root_message_kind::snapshot);
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].nodes.empty());
}

TEST_CASE("sim: 40 nodes are one frame, 41 are two") {
  for (auto [nodes, frames] : {std::pair{40, 1}, {41, 2}, {79, 2}, {80, 3}}) {
    auto gateway = quiet_gateway(static_cast<std::size_t>(nodes));
    gateway.command({command_kind::network_info, {}, {}});
    gateway.pass(10ms);
    CHECK(gateway.all(root_message_kind::snapshot).size() == static_cast<std::size_t>(frames));
  }
}

TEST_CASE("sim: every one of several snapshots is answered, up to a bound") {
  auto gateway = quiet_gateway(3);
  for (int i = 0; i < 20; ++i)
    gateway.command({command_kind::network_info, {}, {}});
  gateway.pass(10ms);
  CHECK(gateway.all(root_message_kind::snapshot).size() == 16);
  CHECK(gateway.root.statistics().dropped_replies == 4);
}

TEST_CASE("sim: a node echoes what is sent to it, after the time of the way there and back") {
  auto gateway = quiet_gateway(3);
  gateway.command(send_to(2, "hello"));
  auto sent = gateway.now;
  gateway.pass(1s, 1ms);
  REQUIRE(gateway.frames.size() == 1);
  CHECK(gateway.frames[0].node.value == 2);
  CHECK(gateway.texts(root_message_kind::message) == texts{"echo: hello"});
  CHECK(gateway.frames[0].when - sent >= 20ms);
  CHECK(gateway.frames[0].when - sent <= 201ms);
}

TEST_CASE("sim: address 0 is the root, which echoes at once") {
  auto gateway = quiet_gateway(3);
  gateway.command(send_to(0, "hello"));
  gateway.look();
  CHECK(gateway.texts(root_message_kind::message) == texts{"echo: hello"});
  CHECK(gateway.frames[0].node == root_address);
}

TEST_CASE("sim: an echo of the longest message is cut to what a message can hold") {
  auto gateway = quiet_gateway(3);
  gateway.command(send_to(1, std::string(255, '\xFF')));
  gateway.pass(1s);
  CHECK(gateway.texts(root_message_kind::message) == texts{"echo: " + std::string(249, '\xFF')});
}

TEST_CASE("sim: a message to a node that is not there gets a line of the root") {
  for (auto node : {std::uint16_t{4}, std::uint16_t{65535}}) {
    auto gateway = quiet_gateway(3);
    gateway.command(send_to(node, "hello"));
    gateway.pass(1s);
    CHECK(gateway.texts(root_message_kind::root_log) == texts{"Error: Node Not Found"});
    CHECK(gateway.frames.size() == 1);
  }
}

TEST_CASE("sim: a broadcast is answered by every node, up to a bound") {
  for (auto [nodes, answers] : {std::pair{5, 5}, {200, 64}}) {
    auto gateway = quiet_gateway(static_cast<std::size_t>(nodes));
    gateway.command({command_kind::broadcast, {}, copy_of(view_of("all"))});
    gateway.pass(1s);
    std::set<node_address> who;
    for (const auto& heard : gateway.frames)
      who.insert(heard.node);
    CHECK(gateway.texts(root_message_kind::message)
          == texts(static_cast<std::size_t>(answers), "echo: all"));
    CHECK(who.size() == static_cast<std::size_t>(answers));
  }
}

TEST_CASE("sim: an answer is remembered with the request it answers, once") {
  auto options = quiet_mesh(1);
  options.request_rate = 1;
  listener gateway{options};
  gateway.pass(1500ms);
  auto requests = gateway.all(root_message_kind::request);
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].payload == "request 1 from node 1");
  gateway.command(send_to(1, "<R>yes"));
  gateway.command(send_to(1, "<R>no"));
  REQUIRE(gateway.root.answers().size() == 1);
  const auto& answer = gateway.root.answers().front();
  CHECK(answer.node.value == 1);
  CHECK(text_of(answer.request) == "request 1 from node 1");
  CHECK(text_of(answer.answer) == "yes");
  CHECK(gateway.root.statistics().answered_requests == 1);
  CHECK(gateway.root.statistics().needless_answers == 1);
  gateway.pass(300ms);
  CHECK(gateway.all(root_message_kind::message).empty()); // an answer is not echoed
}

TEST_CASE("sim: a restarted root keeps its nodes, which are silent for two seconds") {
  auto options = quiet_mesh(3);
  options.rate = 100;
  listener gateway{options};
  gateway.pass(2s);
  gateway.forget();
  gateway.command({command_kind::reset_root, {}, {}});
  gateway.pass(2200ms);
  CHECK(gateway.console.starts_with("ets"));
  CHECK(gateway.frames.size() == 1);
  CHECK(gateway.frames[0].kind == root_message_kind::root_restarted);
  gateway.command({command_kind::network_info, {}, {}});
  gateway.look();
  REQUIRE(gateway.frames.size() == 2);
  CHECK(gateway.frames[1].nodes.size() == 3);
  gateway.pass(1s);
  CHECK(gateway.all(root_message_kind::data).size() > 80);
  CHECK(gateway.all(root_message_kind::node_joined).empty());
}

TEST_CASE("sim: what is on its way when the root restarts is lost") {
  auto gateway = quiet_gateway(3);
  gateway.command(send_to(1, "before"));
  gateway.command({command_kind::reset_root, {}, {}});
  gateway.command(send_to(1, "while it boots"));
  gateway.pass(3s);
  CHECK(gateway.all(root_message_kind::message).empty());
  // FF, 5 + 2 + 1 + 14 + 1 bytes, FE
  CHECK(gateway.root.statistics().ignored_bytes == 25);
}

TEST_CASE("sim: a message to a node that has not found its restarted root again is lost") {
  auto gateway = quiet_gateway(3);
  gateway.command({command_kind::reset_root, {}, {}});
  gateway.pass(1s);
  gateway.command(send_to(1, "too early"));
  gateway.pass(5s);
  CHECK(gateway.all(root_message_kind::message).empty());
}

TEST_CASE("sim: a cleaned mesh is empty, then its nodes join again under the same uuids") {
  listener gateway{quiet_mesh(3)};
  gateway.pass(1s);
  auto before = gateway.all(root_message_kind::node_joined);
  gateway.forget();
  gateway.command({command_kind::clean, {}, {}});
  gateway.command({command_kind::network_info, {}, {}});
  gateway.command(send_to(1, "anybody?"));
  gateway.pass(500ms);
  CHECK(gateway.all(root_message_kind::snapshot).at(0).nodes.empty());
  CHECK(gateway.texts(root_message_kind::root_log) == texts{"Error: Node Not Found"});
  gateway.pass(1s);
  auto after = gateway.all(root_message_kind::node_joined);
  REQUIRE(after.size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(after[i].payload == before[i].payload);
}

TEST_CASE("sim: a broken command gets a line that says what is wrong with it") {
  using namespace std::string_view_literals;
  const std::vector<std::pair<std::string_view, std::string>> cases{
      {"NINFO"sv, "Error: Command Too Short"}, // without its 0A
      {"x"sv, "Error: Command Too Short"},
      {"SEND-\n"sv, "Error: Command Too Short"},
      {"SEND-\0\1\5hell\n"sv, "Error: Command Too Short"},
      {"SEND-\0\1\5hello!\n"sv, "Error: Command Too Long"},
      {"SEND-\0\1\5hello!"sv, "Error: Command Without End"},
      {"NINFO??"sv, "Error: Command Too Long"},
      {"NINFO?"sv, "Error: Command Without End"},
      {"BCAST\0\1\1x\n"sv, "Error: Broadcast With Address"},
      {"HELLO\n"sv, "Error: Unknown Command"},
      {"ninfo\n"sv, "Error: Unknown Command"}};
  for (const auto& [payload, line] : cases) {
    auto gateway = quiet_gateway(1);
    gateway.frame(payload);
    gateway.pass(1s);
    CAPTURE(escaped_text(view_of(payload)));
    CHECK(gateway.texts(root_message_kind::root_log) == texts{line});
    CHECK(gateway.frames.size() == 1);
    CHECK(count_of(gateway.root.statistics(), sim_command_kind::broken) == 1);
  }
}

TEST_CASE("sim: a message may contain the end of a command and every byte that is escaped") {
  auto gateway = quiet_gateway(1);
  std::string message = "\n\xFA\xFB\xFC\xFD\xFE\xFF\n";
  gateway.command(send_to(1, message));
  gateway.pass(1s);
  CHECK(gateway.texts(root_message_kind::message) == texts{"echo: " + message});
}

TEST_CASE("sim: commands are counted by what they are") {
  auto gateway = quiet_gateway(1);
  gateway.command({command_kind::network_info, {}, {}});
  gateway.command(send_to(1, "a"));
  gateway.command(send_to(1, "<R>"));
  gateway.command({command_kind::broadcast, {}, {}});
  gateway.command({command_kind::clean, {}, {}});
  gateway.command({command_kind::reset_root, {}, {}});
  auto commands = gateway.root.statistics().commands;
  CHECK(commands == std::array<std::uint64_t, sim_command_kinds>{1, 1, 1, 1, 1, 1, 0});
}

TEST_CASE("sim: a flood of commands costs bounded memory and is answered as far as it goes") {
  auto gateway = quiet_gateway(64);
  for (int i = 0; i < 100; ++i)
    gateway.command({command_kind::broadcast, {}, copy_of(view_of("x"))});
  CHECK(gateway.root.statistics().dropped_replies == 6400 - 4096);
  gateway.pass(1s);
  CHECK(gateway.all(root_message_kind::message).size() == 4096);
}
