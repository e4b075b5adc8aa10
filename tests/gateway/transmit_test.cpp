#include "event_log.hpp"
#include "gateway_process.hpp"
#include "raw_client.hpp"
#include "waiting.hpp"
#include "wire.hpp"

#include "app/sim/simulator_thread.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

constexpr unsigned commands = 60;

/// 49 bytes make a frame of 60, and 60 does not divide the root's 1,024.
std::string text_of_command(unsigned number) {
  auto text = "command " + std::to_string(number) + " ";
  return text + std::string(49 - text.size(), '.');
}

sim_options quiet_field_root() {
  sim_options options;
  options.root.nodes = 1;
  options.root.join_window = 0s;
  options.root.rate = 0.000001;
  options.root.message_rate = 0;
  options.root.request_rate = 0;
  options.root.heartbeat = 0s;
  options.root.reader = reader_kind::field;
  return options;
}

/// A gateway at a root that reads as those of the field do. Its one node echoes what it is sent.
struct field_mesh {
  explicit field_mesh(const std::string& profile)
      : gateway{folder,
                {"--serial", root.port_path(), "--listen", "127.0.0.1:0", "--set",
                 "mesh.transmit=" + profile, "--set", "mesh.command_ttl=10m"}},
        events{gateway} {
    await("the node has joined", [&] { return gateway.number("nodes/active") == 1; });
  }

  /// As fast as the gateway takes them.
  void send_all() {
    raw_client client{gateway.port()};
    std::string requests;
    for (unsigned i = 0; i < commands; ++i)
      requests += send_request(1, text_of_command(i));
    CHECK(client.ask(requests, commands) == std::string(commands, 'S'));
  }

  temp_folder folder;
  simulator_thread root{quiet_field_root()};
  gateway_process gateway;
  event_log events;
};

event_log::condition is_echo_of(unsigned number) {
  return [text = "echo: " + text_of_command(number)](const client::gateway_event& event) {
    return event.kind == "message" && event.text.ends_with(text);
  };
}

void check_that_nothing_is_lost(field_mesh& mesh) {
  mesh.send_all();
  for (unsigned i = 0; i < commands; ++i)
    mesh.events.await("echo", is_echo_of(i));
  for (unsigned i = 0; i < commands; ++i)
    CHECK(mesh.events.count(is_echo_of(i)) == 1);
  auto root = mesh.root.stop();
  CHECK(root.commands[static_cast<std::size_t>(sim_command_kind::send)] == commands);
  CHECK(root.commands[static_cast<std::size_t>(sim_command_kind::broken)] == 0);
  CHECK(root.lost_at_mark == 0);
  CHECK(root.half_messages == 0);
}

} // namespace

TEST_CASE("bursts with silences between lose no command at a root that reads in blocks") {
  field_mesh mesh{"gap"};
  check_that_nothing_is_lost(mesh);
}

TEST_CASE("padded blocks lose no command at a root that reads in blocks") {
  field_mesh mesh{"block"};
  check_that_nothing_is_lost(mesh);
}

TEST_CASE("commands that go out at once are lost at the mark of a root that reads in blocks") {
  field_mesh mesh{"stream"};
  mesh.send_all();
  mesh.events.await("the root complains", [](const client::gateway_event& event) {
    return event.kind == "root_log" && event.text.find("half message") != std::string::npos;
  });
  CHECK(mesh.root.stop().lost_at_mark > 0);
}
