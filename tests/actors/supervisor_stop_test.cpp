// The end of a gateway: clients first, then what they have sent, then the rest.
#include "tests/actors/gateway_bench.hpp"

using namespace xylem;
using namespace xylem::testing;

namespace {

void check_stopped(gateway_bench& bench) {
  REQUIRE(*bench.end);
  CHECK(**bench.end == caf::exit_reason::user_shutdown);
  CHECK(bench.world.system.registry().running() == 0);
  CHECK(bench.world.count_in_log("msg=\"stopped\"") == 1);
}

} // namespace

TEST_CASE("a gateway that nobody uses stops at once, and nothing of it stays") {
  gateway_bench bench{{"field", "barn"}};
  bench.start();
  bench.stop();
  check_stopped(bench);
  for (const auto& port : bench.ports.opened)
    CHECK(port->closed);
}

TEST_CASE("clients get their replies, and what they have sent goes out, before the gateway ends") {
  gateway_bench bench{{"field"}, transmit_profile::gap};
  bench.start();
  bench.world.advance(1050ms); // NINFO goes out
  auto client = bench.client();
  client.send(send_request(5, "last") + "ACT-C");
  REQUIRE(bench.until_received(client, 1 + 3));
  auto manager = bench.world.end_of(
    bench.world.newest<network_manager_actor, network_manager_core>());
  bench.stop();
  REQUIRE(bench.until_ended(client));
  CHECK(client.received() == "SS" + big16(0));
  CHECK(!*bench.end);
  CHECK(!bench.ports.last().closed);
  CHECK(!*manager); // it has yet to learn what was written
  bench.world.advance(1051ms + 1ms); // the silence after NINFO's 8 bytes
  CHECK(bench.ports.last().written == network_info + send_frame(5, "last"));
  check_stopped(bench);
}

TEST_CASE("a client that takes nothing is waited for two seconds, no longer") {
  constexpr auto pushes = 5'000; // of 4 KB: more than both sockets take
  gateway_bench bench;
  bench.settings.meshes[0].listener_queue_pushes = pushes;
  bench.settings.meshes[0].listener_queue_bytes = pushes * 4'096;
  bench.start();
  auto client = test_client{bench.port(), 4 * 1024};
  REQUIRE(bench.ask(client, "[syn]" + hex("00"), 6) == "[ack]" + hex("00"));
  for (auto n = 0; n < pushes; ++n)
    bench.ports.last().deliver(root_frame(5, "xyz", std::string(4'000, 'x')));
  bench.world.run();
  bench.stop();
  bench.world.advance(1'999ms);
  CHECK(!*bench.end);
  bench.world.advance(1ms);
  check_stopped(bench);
  CHECK(bench.world.count_in_log("ended by force") == 1);
}

TEST_CASE("a port that takes nothing is waited for three seconds, no longer") {
  gateway_bench bench;
  bench.ports.stalled = true;
  bench.start();
  bench.stop();
  bench.world.advance(2'999ms);
  CHECK(!*bench.end);
  bench.world.advance(1ms);
  check_stopped(bench);
  CHECK(bench.ports.last().closed);
}

TEST_CASE("a gateway stops while it waits for its port") {
  gateway_bench bench;
  bench.ports.error = "gone";
  bench.start();
  bench.world.advance(3s);
  bench.stop();
  check_stopped(bench);
  auto attempts = bench.ports.attempts;
  bench.world.advance(1min);
  CHECK(bench.ports.attempts == attempts);
}

TEST_CASE("a gateway stops while an actor is parked") {
  for (auto kill : {&gateway_bench::kill_uart, &gateway_bench::kill_manager,
                    &gateway_bench::kill_cache, &gateway_bench::kill_server,
                    &gateway_bench::kill_hub}) {
    gateway_bench bench;
    bench.start();
    for (std::size_t n = 0; n <= restart_budget::restarts; ++n)
      (bench.*kill)();
    bench.stop();
    bench.world.advance(6s);
    check_stopped(bench);
  }
}

TEST_CASE("an actor that crashes while the gateway stops is not started again") {
  gateway_bench bench;
  bench.ports.stalled = true; // so that the uart takes its time
  bench.start();
  bench.stop();
  bench.kill_cache();
  bench.kill_uart();
  check_stopped(bench);
  CHECK(bench.ports.opened.size() == 1);
}

TEST_CASE("to be asked twice to stop changes nothing") {
  gateway_bench bench;
  bench.ports.stalled = true;
  bench.start();
  bench.stop();
  bench.world.advance(1s);
  bench.stop();
  bench.world.advance(1'999ms);
  CHECK(!*bench.end);
  bench.world.advance(1ms);
  check_stopped(bench);
}

TEST_CASE("a status that is asked for at the end does not hold it up") {
  gateway_bench bench;
  bench.start();
  caf::anon_send(bench.it, status_atom::value);
  bench.stop();
  bench.world.advance(6s);
  check_stopped(bench);
}
