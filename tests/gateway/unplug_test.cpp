#include "event_log.hpp"
#include "gateway_process.hpp"
#include "raw_client.hpp"
#include "waiting.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

const std::string no_link = refusal("No Serial Connection");

std::string text_of_command(unsigned number) {
  return "command " + std::to_string(number);
}

/// Sends commands that can be told apart: command n goes to node n.
class commander {
public:
  explicit commander(std::uint16_t port) : client_{port} {}

  /// True when the gateway has accepted it.
  bool try_next() {
    ++last_;
    auto reply = client_.ask(send_request(last_, text_of_command(last_)), 1);
    if (reply == "S") {
      accepted_.push_back(last_);
      return true;
    }
    REQUIRE(reply + client_.read(no_link.size() - 1) == no_link);
    refused_.push_back(last_);
    return false;
  }

  unsigned last() const noexcept { return last_; }
  const std::vector<unsigned>& accepted() const noexcept { return accepted_; }
  const std::vector<unsigned>& refused() const noexcept { return refused_; }

private:
  raw_client client_;
  unsigned last_ = 0;
  std::vector<unsigned> accepted_;
  std::vector<unsigned> refused_;
};

std::string wire_of(unsigned number) {
  return as_command(send_request(number, text_of_command(number)));
}

/// Pulls the cable at a moment when everything that the port took has reached the root: what a
/// real wire loses on its way cannot be counted.
void drain_and_freeze(one_mesh& mesh) {
  mesh.root.freeze();
  mesh.gateway.status(); // what was being written is reported when the next status is made
  await("the root has what the port took", [&] {
    auto taken = mesh.gateway.number("uart/bytes_written");
    mesh.root.heard();
    return mesh.root.bytes_heard() == taken;
  });
}

bool is_down(const gateway_process& gateway) {
  return gateway.status().at_pointer("/meshes/0/link/state") == "down";
}

/// A change of the reason alone is an event, too, but no second fall.
std::size_t times_down(const event_log& events) {
  std::size_t times = 0;
  auto was_down = false;
  for (const auto& event : events.all()) {
    if (event.kind != "link_changed")
      continue;
    auto down = event.state == "down";
    times += down && !was_down ? 1 : 0;
    was_down = down;
  }
  return times;
}

} // namespace

TEST_CASE("through 100 unplugs clients stay connected and no accepted command is lost or doubled") {
  constexpr unsigned unplugs = 100;
  one_mesh mesh{{"mesh.command_ttl=10m"}};
  commander commands{mesh.gateway.port()};
  event_log events{mesh.gateway};
  raw_client listener{mesh.gateway.port()};
  REQUIRE(listener.ask(listen_request, listen_accepted.size()) == listen_accepted);

  for (unsigned i = 1; i <= unplugs; ++i) {
    CAPTURE(i);
    CHECK(commands.try_next());
    if (i % 2 == 0) // what is accepted now waits while the cable is pulled
      mesh.root.freeze();
    CHECK(commands.try_next());
    CHECK(commands.try_next());
    drain_and_freeze(mesh);
    if (i % 4 == 0) {
      mesh.root.exchange();
    } else {
      mesh.root.unplug();
      commands.try_next(); // the gateway may have noticed by now, or not
      await("the gateway has noticed", [&] { return is_down(mesh.gateway); });
      CHECK_FALSE(commands.try_next());
      mesh.root.plug();
    }
    mesh.root.await_command(ninfo, 1 + i);
    CHECK(commands.try_next());
    auto hello = "hello " + std::to_string(i);
    mesh.root.say(message(i, hello));
    auto pushed = pushed_message(i, hello);
    CHECK(listener.read(pushed.size()) == pushed);
  }

  for (auto number : commands.accepted())
    events.await("command written", is_command(number, "written"));
  for (auto number : commands.accepted())
    mesh.root.await_command(wire_of(number));
  for (auto number : commands.accepted())
    CHECK(mesh.root.count(wire_of(number)) == 1);
  for (auto number : commands.refused())
    CHECK(mesh.root.count(wire_of(number)) == 0);
  CHECK(times_down(events) == unplugs);
  auto counted = mesh.gateway.status().at_pointer("/meshes/0/commands").as_object();
  CHECK(counted["waiting"] == 0);
  CHECK(counted["expired"] == 0);
  CHECK(counted["accepted"] == counted["written"]);
  auto incidents = mesh.gateway.status().at_pointer("/incidents/total").to_number<unsigned>();
  CHECK(incidents == unplugs);
}

TEST_CASE("commands that wait when the link drops are written when it returns, in their order") {
  one_mesh mesh{{"mesh.command_ttl=10m"}};
  commander commands{mesh.gateway.port()};
  event_log events{mesh.gateway};
  drain_and_freeze(mesh);
  for (int i = 0; i < 3; ++i)
    CHECK(commands.try_next());
  mesh.root.unplug();
  events.await("the link is down", is_link("down"));
  mesh.root.plug();
  mesh.root.await_command(wire_of(3));
  mesh.root.await_command(ninfo, 2);
  CHECK(mesh.root.heard() == std::vector{ninfo, wire_of(1), wire_of(2), wire_of(3), ninfo});
}

TEST_CASE("a command that has waited for its ttl is expired and told so, and never goes out") {
  one_mesh mesh{{"mesh.command_ttl=300ms"}};
  commander commands{mesh.gateway.port()};
  event_log events{mesh.gateway};
  drain_and_freeze(mesh);
  CHECK(commands.try_next());
  CHECK(commands.try_next());
  mesh.root.unplug();
  for (auto number : commands.accepted()) {
    events.await("command accepted", is_command(number, "accepted"));
    events.await("command expired", is_command(number, "expired"));
  }
  mesh.root.plug();
  mesh.root.await_command(ninfo, 2);
  CHECK(commands.try_next());
  mesh.root.await_command(wire_of(3));
  CHECK(mesh.root.heard() == std::vector{ninfo, ninfo, wire_of(3)});
  CHECK(mesh.gateway.number("commands/expired") == 2);
}

TEST_CASE("a full port does not hold expired commands: they are taken back from its queue") {
  one_mesh mesh{{"mesh.command_ttl=300ms"}};
  commander commands{mesh.gateway.port()};
  event_log events{mesh.gateway};
  drain_and_freeze(mesh);
  CHECK(commands.try_next()); // the port is about to take this one
  CHECK(commands.try_next());
  CHECK(commands.try_next());
  for (auto number : commands.accepted())
    events.await("command expired", is_command(number, "expired"));
  mesh.root.thaw();
  // One that went out nevertheless is told, too: the last word is the truth.
  events.await("command written", is_command(1, "written"));
  CHECK(commands.try_next());
  mesh.root.await_command(wire_of(4));
  CHECK(mesh.root.heard() == std::vector{ninfo, wire_of(1), wire_of(4)});
}

TEST_CASE("when too many commands wait, the next one is refused with Queue Full") {
  one_mesh mesh{{"mesh.command_ttl=10m", "mesh.transmit_queue_commands=4"}};
  drain_and_freeze(mesh);
  raw_client client{mesh.gateway.port()};
  for (int i = 0; i < 4; ++i)
    CHECK(client.ask(send_request(5, "waits"), 1) == "S");
  auto full = refusal("Queue Full");
  CHECK(client.ask(send_request(5, "too many"), full.size()) == full);
  mesh.root.thaw();
  mesh.root.await_command(as_command(send_request(5, "waits")), 4);
  CHECK(eventually([&] { return mesh.gateway.number("commands/waiting") == 0; }));
  CHECK(client.ask(send_request(5, "again"), 1) == "S");
  mesh.root.await_command(as_command(send_request(5, "again")));
  CHECK(mesh.root.count(as_command(send_request(5, "too many"))) == 0);
}

TEST_CASE("readings outlive the link, but no node is active until it is heard again") {
  one_mesh mesh;
  mesh.learn(5, {{"ONE", "1"}});
  event_log events{mesh.gateway};
  raw_client client{mesh.gateway.port()};
  CHECK(client.ask("ACT-C", 3) == "S" + word(1));
  mesh.root.unplug();
  events.await("the node is disconnected", [](const auto& event) {
    return event.kind == "node_changed" && event.state == "disconnected";
  });
  CHECK(client.ask("ACT-C", 3) == "S" + word(0));
  auto kept = block("ONE", 1, {{5, "1"}});
  CHECK(client.ask(get_request(5, "ONE"), kept.size()) == kept);
  auto none = block("ONE", 0, {});
  CHECK(client.ask(get_request(0, "ONE"), none.size()) == none);
  mesh.root.plug();
  mesh.learn(5, {{"ONE", "2"}});
  CHECK(client.ask("ACT-C", 3) == "S" + word(1));
}
