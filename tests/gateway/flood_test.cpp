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

/// All `updates` as fast as the gateway reads them, of nodes that joined before.
sim_options flood_of(std::uint64_t updates) {
  sim_options options;
  options.root.nodes = 20;
  options.root.join_window = 0s;
  options.root.types = parse_sim_types("GPS,TMP,DYN:8");
  options.root.rate = 0;
  options.root.count = updates;
  options.root.message_rate = 0;
  options.root.request_rate = 0;
  options.root.heartbeat = 0s;
  return options;
}

std::uint64_t readings_of(const gateway_process& gateway) {
  auto nodes = client::parse_nodes(*gateway.web().nodes("default"));
  std::uint64_t sum = 0;
  for (const auto& node : *nodes)
    sum += node.readings;
  return sum;
}

} // namespace

TEST_CASE("every reading of a flood is stored, and clients are served meanwhile") {
  constexpr std::uint64_t updates = 50'000;
  temp_folder folder;
  simulator_thread root{flood_of(updates)};
  gateway_process gateway{
      folder,
      {"--serial", root.port_path(), "--listen", "127.0.0.1:0", "--set", "mesh.transmit=stream"}};
  raw_client client{gateway.port()};
  CHECK(eventually([&] {
    CHECK(client.ask("ACT-C", 3).front() == 'S');
    return readings_of(gateway) == 3 * updates;
  }));
  auto sent = root.stop();
  CHECK(sent.frames[static_cast<std::size_t>(sim_frame::update)] == updates);
  CHECK(gateway.number("uart/bytes_read") == sent.bytes);
  CHECK(gateway.number("uart/rejects/malformed/count") == 0);
}

TEST_CASE("who watches and does not keep up is told exactly how much was missed, and where") {
  one_mesh mesh;
  event_log late{mesh.gateway};
  const readings hundred{100, {"NUM", "01234567"}};
  for (unsigned i = 0; i < 1000; ++i)
    mesh.root.say(update(1 + i % 10, hundred));
  CHECK(eventually([&] { return readings_of(mesh.gateway) == 100'000; }));
  mesh.root.say(message(99, "the end"));
  late.await("the end", is_kind("message"));

  std::uint64_t missed = 0;
  std::uint64_t last = 0;
  for (const auto& event : late.all()) {
    auto is_gap = event.kind == "gap";
    missed += is_gap ? event.count : 0;
    if (last != 0)
      CHECK(event.seq == last + (is_gap ? event.count : 1));
    last = event.seq;
  }
  CHECK(missed > 0);
  CHECK(late.count(is_kind("reading")) + missed >= 100'000);
  auto mine = mesh.gateway.status().at_pointer("/events/subscribers/0").as_object();
  auto number = [&](const char* name) { return mine[name].to_number<std::uint64_t>(); };
  CHECK(number("dropped") == missed);
  CHECK(number("published")
        == number("delivered") + number("coalesced") + number("dropped") + number("queued"));
}
