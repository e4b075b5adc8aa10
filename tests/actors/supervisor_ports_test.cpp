// Ports that come and go: a state of a mesh, not a failure of the gateway.
#include "tests/actors/gateway_bench.hpp"

#include <filesystem>
#include <fstream>

using namespace xylem;
using namespace xylem::testing;

namespace {

namespace fs = std::filesystem;

void lose_port(gateway_bench& bench, std::string reason = "Input/output error") {
  bench.ports.last().lose(std::move(reason));
  bench.world.run();
}

/// A folder of its own, removed at the end.
struct temporary_folder {
  temporary_folder() {
    auto name = (fs::temp_directory_path() / "xylem-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()));
    path = name;
  }
  ~temporary_folder() { fs::remove_all(path); }

  void create(const std::string& name) const { std::ofstream{path / name}; }

  fs::path path;
};

/// A gateway whose port is a file that is not there.
struct watched_bench : temporary_folder, gateway_bench {
  explicit watched_bench(const std::string& name = "tty")
      : gateway_bench{{"field"}, transmit_profile::stream, (path / name).string()} {
    ports.error = "No such file or directory";
    start();
  }

  [[nodiscard]] bool until_attempts(std::size_t count) {
    return world.until([&] { return ports.attempts >= count; });
  }
};

} // namespace

TEST_CASE("a port that cannot be opened is waited for, with its reason, and is no incident") {
  gateway_bench bench;
  bench.ports.error = "/dev/ttyUSB0: Permission denied";
  bench.start();
  bench.world.advance(10s);
  auto uart = bench.child("uart/field");
  CHECK(uart["state"] == "waiting");
  CHECK(uart["waits_for"] == "/dev/ttyUSB0: Permission denied");
  CHECK(number(uart, "restarts") == 0);
  CHECK(bench.status()["state"] == "ok");
  CHECK(bench.incidents().empty());
  auto link = bench.mesh_status()["link"].as_object();
  CHECK(link["state"] == "down");
  CHECK(link["reason"] == "/dev/ttyUSB0: Permission denied");
}

TEST_CASE("the gateway tries again at first soon, then every one to two seconds") {
  gateway_bench bench;
  bench.ports.error = "gone";
  bench.start();
  CHECK(bench.ports.attempts == 1);
  bench.world.advance(50ms);
  CHECK(bench.ports.attempts == 2);
  bench.world.advance(10s);
  auto before = bench.ports.attempts;
  bench.world.advance(60s);
  CHECK(bench.ports.attempts - before >= 29);
  CHECK(bench.ports.attempts - before <= 61);
}

TEST_CASE("a port that stays away is logged once, one that changes its reason again") {
  gateway_bench bench;
  bench.ports.error = "No such file or directory";
  bench.start();
  bench.world.advance(1h);
  CHECK(bench.world.count_in_log("waiting for the port") == 1);
  bench.ports.error = "Device or resource busy";
  bench.world.advance(1min);
  CHECK(bench.world.count_in_log("waiting for the port") == 2);
}

TEST_CASE("a port that appears is used within two seconds, and queries work all the time") {
  gateway_bench bench;
  bench.ports.error = "gone";
  bench.start();
  bench.world.advance(1min);
  auto client = bench.client();
  CHECK(bench.ask(client, "ACT-C", 3) == "S" + big16(0));
  auto refused = failed("No Serial Connection");
  CHECK(bench.ask(client, send_request(5, "hi"), refused.size()) == refused);
  bench.ports.error.clear();
  bench.world.advance(2s);
  CHECK(bench.ask(client, send_request(5, "hi"), 1) == "S");
  CHECK(bench.ports.last().written == network_info + send_frame(5, "hi"));
  auto uart = bench.child("uart/field");
  CHECK(uart["state"] == "running");
  CHECK(uart["waits_for"] == "");
}

TEST_CASE("a lost port is an incident until it is open again") {
  gateway_bench bench;
  bench.start();
  bench.world.advance(5s);
  bench.ports.error = "No such file or directory";
  lose_port(bench);
  auto open = bench.incidents();
  REQUIRE(open.size() == 1);
  CHECK(open[0]["cause"] == "port lost: Input/output error");
  CHECK(open[0]["start"] == "2023-11-14T22:13:25.000Z");
  CHECK(open[0]["end"].is_null());
  bench.world.advance(15s);
  bench.ports.error.clear();
  bench.world.advance(2s);
  auto closed = bench.incidents();
  REQUIRE(closed.size() == 1);
  REQUIRE(closed[0]["end"].is_string());
  CHECK(closed[0]["end"].as_string() >= "2023-11-14T22:13:40");
  CHECK(closed[0]["end"].as_string() <= "2023-11-14T22:13:42.000Z");
}

TEST_CASE("a lost port disconnects the nodes and is told as an event") {
  gateway_bench bench;
  bench.start();
  auto client = bench.client();
  bench.ports.last().deliver(root_frame(5, "[M]", hex("00")));
  bench.world.run();
  CHECK(bench.ask(client, "ACT-C", 3) == "S" + big16(1));
  bench.follow_events();
  bench.ports.error = "gone";
  lose_port(bench);
  CHECK(bench.ask(client, "ACT-C", 3) == "S" + big16(0));
  CHECK(bench.mesh_status()["link"].as_object()["state"] == "down");
  CHECK(bench.told.of(event_kind::link_changed).size() == 1);
}

TEST_CASE("twenty losses in a row cost no restart budget, and each is an incident of its own") {
  gateway_bench bench;
  bench.start();
  for (auto n = 0; n < 20; ++n) {
    lose_port(bench);
    bench.world.advance(2s);
    CHECK(bench.state_of("uart/field") == "running");
  }
  CHECK(bench.ports.opened.size() == 21);
  CHECK(number(bench.child("uart/field"), "restarts") == 20);
  auto all = bench.incidents();
  REQUIRE(all.size() == 20);
  for (auto& each : all)
    CHECK(!each["end"].is_null());
  // The budget is untouched: ten crashes are still allowed.
  for (std::size_t n = 0; n < restart_budget::restarts; ++n)
    bench.kill_uart();
  CHECK(bench.state_of("uart/field") == "running");
}

TEST_CASE("commands that wait when the port is lost are written to the next one") {
  gateway_bench bench;
  bench.start();
  bench.ports.last().stalled = true;
  auto client = bench.client();
  REQUIRE(bench.ask(client, send_request(5, "a"), 1) == "S");
  REQUIRE(bench.ask(client, send_request(5, "b"), 1) == "S");
  lose_port(bench);
  bench.world.advance(2s);
  REQUIRE(bench.ports.opened.size() == 2);
  CHECK(bench.ports.last().written == send_frame(5, "a") + send_frame(5, "b") + network_info);
  auto commands = bench.mesh_status()["commands"].as_object();
  CHECK(number(commands, "waiting") == 0);
  CHECK(number(commands, "accepted") == number(commands, "written"));
}

TEST_CASE("commands that wait for longer than their time are not written to the next port") {
  gateway_bench bench;
  bench.start();
  bench.ports.last().stalled = true;
  auto client = bench.client();
  REQUIRE(bench.ask(client, send_request(5, "a"), 1) == "S");
  bench.ports.error = "gone";
  lose_port(bench);
  bench.world.advance(11s);
  bench.ports.error.clear();
  bench.world.advance(2s);
  CHECK(bench.ports.last().written == network_info);
  CHECK(number(bench.mesh_status(), "commands/expired") == 1);
}

TEST_CASE("every byte of all ports stays in the sums of its mesh") {
  gateway_bench bench;
  bench.start();
  auto frame = root_frame(5, "[M]", hex("00"));
  for (auto n = 0; n < 5; ++n) {
    bench.ports.last().deliver(frame + hex("ff") + "cut");
    lose_port(bench);
    bench.world.advance(2s);
  }
  auto uart = bench.mesh_status()["uart"].as_object();
  CHECK(number(uart, "frames") == 5);
  CHECK(number(uart, "bytes_read") == 5 * (frame.size() + 4));
  CHECK(number(uart, "rejects/truncated/bytes") == 5 * 4);
}

TEST_CASE("the port of one mesh is lost, the other mesh does not notice") {
  gateway_bench bench{{"field", "barn"}};
  bench.start();
  REQUIRE(bench.ports.opened.size() == 2);
  auto listening = bench.listener(1);
  bench.ports.opened[0]->lose("gone");
  bench.world.run();
  bench.ports.opened[1]->deliver(root_frame(5, "[M]", hex("00")));
  auto push = "[MSG]" + big16(5) + hex("00");
  REQUIRE(bench.until_received(listening, push.size()));
  CHECK(listening.received() == push);
}

TEST_CASE("a port that changed while it was open is tried again at once when it is lost") {
  gateway_bench bench;
  bench.start();
  constexpr std::uint64_t no_timer = 0; // as the watch of its folder says
  caf::anon_send(bench.it, retry_atom::value, mesh_index{}, actor_role::uart, no_timer);
  bench.world.run();
  CHECK(bench.ports.attempts == 1);
  lose_port(bench);
  CHECK(bench.ports.attempts == 2);
  lose_port(bench);
  CHECK(bench.ports.attempts == 2); // this time there is nothing new
}

// -- the folder of a port is watched

TEST_CASE("a port that appears in its folder is opened without waiting for a timer") {
  watched_bench bench;
  auto before = bench.ports.attempts;
  bench.ports.error.clear();
  bench.create("tty");
  REQUIRE(bench.until_attempts(before + 1));
  CHECK(bench.state_of("uart/field") == "running");
}

TEST_CASE("a port is seen when its folder appears, too") {
  watched_bench bench{"serial/by-id/tty"};
  fs::create_directories(bench.path / "serial" / "by-id");
  REQUIRE(bench.until_attempts(bench.ports.attempts + 1)); // now that folder is watched
  bench.ports.error.clear();
  bench.create("serial/by-id/tty");
  CHECK(bench.world.until([&] { return !bench.ports.opened.empty(); }));
}

TEST_CASE("other files in the folder of a port are of no interest") {
  watched_bench bench{"ttyUSB*"};
  auto before = bench.ports.attempts;
  for (auto n = 0; n < 10; ++n) {
    bench.create("ttyACM" + std::to_string(n));
    bench.world.run();
  }
  CHECK(bench.ports.attempts == before);
  bench.create("ttyUSB0");
  CHECK(bench.until_attempts(before + 1));
}

TEST_CASE("a port that comes and goes all the time does not multiply the attempts to open it") {
  watched_bench bench;
  for (auto n = 0; n < 50; ++n) {
    auto before = bench.ports.attempts;
    bench.create("tty");
    REQUIRE(bench.until_attempts(before + 1));
    fs::remove(bench.path / "tty");
    REQUIRE(bench.until_attempts(before + 2));
  }
  bench.world.advance(10s);
  auto before = bench.ports.attempts;
  bench.world.advance(60s);
  CHECK(bench.ports.attempts - before <= 61); // at most one a second
}
