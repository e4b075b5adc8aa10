// What a whole gateway takes from the heap for one message in steady state.
#include "tests/allocation/allocations.hpp"
#include "tests/bench/micro/one_thread_gateway.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace xylem;
using namespace xylem::testing;

namespace {

constexpr auto turns = 64;

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i)
    all += text;
  return all;
}

mesh_settings short_history() {
  mesh_settings settings;
  settings.history_depth = 4;
  return settings;
}

struct steady_gateway : bench::one_thread_gateway {
  steady_gateway() : bench::one_thread_gateway{short_history()} {}

  /// Of 64 turns, after some that are not counted. The least of several: in one of them the second
  /// may be over, when actors look after their time-outs.
  template <class Turn>
  std::size_t steady(Turn turn) {
    for (auto i = 0; i < 2 * 1024; ++i)
      turn(); // also the ring of events is full now
    auto least = std::numeric_limits<std::size_t>::max();
    for (auto tries = 0; tries < 5; ++tries)
      least = std::min(least, allocations_of([&] {
                         for (auto i = 0; i < turns; ++i)
                           turn();
                       }));
    return least;
  }
};

const std::string update = root_frame(5, "[D]", "\1GPS\6abcdef");
const std::string message = root_frame(5, "[M]", "\5hello");

std::size_t of_gets(std::size_t clients, std::size_t pipelined) {
  steady_gateway world;
  world.hear(update);
  world.run();
  while (world.clients.size() < clients)
    world.connect();
  auto requests = repeated(get_request(5, "GPS"), pipelined);
  return world.steady([&] {
    for (auto& client : world.clients)
      client.send(requests);
    world.until_all(14 * pipelined); // S GPS 06 01 00 05 abcdef
  });
}

std::size_t of_updates(std::size_t count) {
  steady_gateway world;
  auto wire = repeated(update, count);
  return world.steady([&] {
    world.hear(wire);
    world.run();
  });
}

std::size_t of_pushes(std::size_t listeners) {
  steady_gateway world;
  while (world.clients.size() < listeners)
    world.listen();
  return world.steady([&] {
    world.hear(message);
    world.until_all(13); // [MSG] 00 05 05 hello
  });
}

} // namespace

TEST_CASE("Requests allocate a fixed number a turn, however many are pipelined") {
  CHECK(of_gets(8, 16) == of_gets(8, 1));
}

TEST_CASE("Requests allocate a fixed number a turn, however many clients ask") {
  CHECK(of_gets(8, 1) == of_gets(1, 1));
}

TEST_CASE("Updates of known readings allocate a fixed number a read, however many it holds") {
  CHECK(of_updates(64) == of_updates(1));
}

TEST_CASE("A push allocates nothing for a listener, be there one or a hundred") {
  CHECK(of_pushes(100) == of_pushes(1));
}
