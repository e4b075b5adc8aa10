#include "round_trip.hpp"

#include "tests/bench/field/shared/clock.hpp"
#include "tests/bench/field/shared/histogram.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>

#include <iostream>
#include <stdexcept>

#include <unistd.h>

namespace xylem::bench {

namespace {

/// As fast as CAF is on two cores: workers that wait do not poll.
struct plain_config : caf::actor_system_config {
  plain_config() {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{1});
    load<caf::io::middleman>();
  }
};

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error{what};
}

} // namespace

void serve_round_trips(std::uint16_t port) {
  plain_config config;
  caf::actor_system system{config};
  auto echo = system.spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](std::uint64_t number) { return number; }};
  });
  if (auto open = system.middleman().publish(echo, port, "127.0.0.1"); !open)
    fail("cannot publish: " + system.render(open.error()));
  std::cerr << "ready" << std::endl;
  for (;;)
    pause(); // until a signal ends it
}

boost::json::object run_round_trips(std::uint16_t port, std::uint32_t count) {
  plain_config config;
  caf::actor_system system{config};
  auto echo = system.middleman().remote_actor("127.0.0.1", port);
  if (!echo)
    fail("cannot connect: " + system.render(echo.error()));
  histogram times;
  caf::scoped_actor self{system};
  auto ask = [&](std::uint64_t number) {
    auto start_ns = now_ns();
    self->request(*echo, 5s, number)
        .receive(
            [&](std::uint64_t answer) {
              if (answer != number)
                fail("another answer");
            },
            [&](const caf::error& error) { fail(system.render(error)); });
    return now_ns() - start_ns;
  };
  for (std::uint64_t i = 0; i < count / 10; ++i) // caches and routes are warm then
    ask(i);
  for (std::uint64_t i = 0; i < count; ++i)
    times.add(ask(i));
  return {{"tool", "round-trip"}, {"latency_us", times.to_json()}};
}

} // namespace xylem::bench
