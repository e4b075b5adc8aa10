// What the actors measure of themselves: how long pushes, replies and restarts take.
#include "tests/actors/gateway_bench.hpp"
#include "tests/actors/socket_bench.hpp"

using namespace xylem;
using namespace xylem::testing;

namespace {

event message(std::string_view payload) {
  return {.node = node_address{5},
          .code = type_code{"[M]"},
          .kind = event_kind::message,
          .data = small_bytes{view_of(payload)}};
}

test_client listener(socket_bench& bench) {
  auto client = bench.client();
  client.send("[syn]" + hex("00"));
  REQUIRE(bench.until_received(client, 6));
  client.forget_received();
  return client;
}

/// `{bounds, counts, sum, count}` of `push` or `request`.
boost::json::object latency(socket_bench& bench, std::string_view of) {
  return bench.status().at("latency").as_object().at(of).as_object();
}

double sum_of(const boost::json::object& times) {
  return times.at("sum").to_number<double>();
}

} // namespace

TEST_CASE("the latency of pushes is counted once a batch, from when the UART was read") {
  socket_bench bench;
  auto client = listener(bench);
  event_batch batch{bench.world.clock.now(), {message("one"), message("two")}};
  for (auto& what : batch.events)
    what.mesh = socket_bench::mesh;
  bench.world.advance(20ms);
  caf::anon_send(bench.hub, std::move(batch));
  bench.world.run();
  auto times = latency(bench, "push");
  CHECK(number(times, "count") == 1);
  CHECK(sum_of(times) == doctest::Approx(0.020));
}

TEST_CASE("what no listener gets has no push latency") {
  socket_bench bench;
  bench.publish({message("nobody listens")});
  auto client = listener(bench);
  bench.publish({{.kind = event_kind::command}});
  CHECK(number(latency(bench, "push"), "count") == 0);
}

TEST_CASE("each request of a batch counts as long as its batch took, from the turn that read it") {
  socket_bench bench;
  auto client = bench.client();
  client.send(get_request(5) + get_request(6) + get_request(7));
  REQUIRE(bench.until_asked(3));
  bench.world.advance(15ms);
  bench.answer("R");
  REQUIRE(bench.until_received(client, 3));
  auto times = latency(bench, "request");
  CHECK(number(times, "count") == 3);
  CHECK(sum_of(times) == doctest::Approx(3 * 0.015));
}

TEST_CASE("the time between two requests is not in the latency of the second one") {
  socket_bench bench;
  auto client = bench.client();
  for (auto i = 1U; i <= 2; ++i) {
    client.send(get_request(5));
    REQUIRE(bench.until_asked(i));
    bench.answer("R");
    REQUIRE(bench.until_received(client, i));
    bench.world.advance(10s);
  }
  auto times = latency(bench, "request");
  CHECK(number(times, "count") == 2);
  CHECK(sum_of(times) == doctest::Approx(0));
}

TEST_CASE("restarts are counted by role and by how long they took") {
  gateway_bench bench;
  bench.start();
  CHECK(bench.status()["restarts"].as_object().empty());
  bench.kill_cache();
  bench.kill_cache();
  bench.kill_hub();
  auto status = bench.status();
  CHECK(number(status, "restarts/node_cache/count") == 2);
  CHECK(number(status, "restarts/event_hub/count") == 1);
  CHECK_FALSE(status["restarts"].as_object().contains("uart"));
}

TEST_CASE("the status tells since when the process runs, and what it takes") {
  gateway_bench bench;
  auto start = std::chrono::duration<double>(bench.world.clock.now().wall.time_since_epoch());
  bench.start();
  bench.world.advance(5s);
  auto process = bench.status()["process"].as_object();
  CHECK(process["start_time"].as_double() == doctest::Approx(start.count()));
  CHECK(number(process, "resident_bytes") > 0);
}
