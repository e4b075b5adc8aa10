#include "app/memory_reserve.hpp"

#include <doctest/doctest.h>

#include <spdlog/sinks/ostream_sink.h>

#include <new>
#include <sstream>

using namespace xylem;

namespace {

struct short_of_memory {
  /// As `new` does it when it finds nothing.
  void find_none() { CHECK_THROWS_AS(std::get_new_handler()(), std::bad_alloc); }

  std::size_t told(std::string_view message) const {
    std::size_t count = 0;
    auto text = written.str();
    for (auto at = text.find(message); at != text.npos; at = text.find(message, at + 1))
      ++count;
    return count;
  }

  std::ostringstream written{};
  std::shared_ptr<spdlog::sinks::sink> sink{new spdlog::sinks::ostream_sink_mt{written}};
  logger log{{{}, sink, [] { return instant{}; }}};
};

} // namespace

TEST_CASE("Who finds no memory gets std::bad_alloc, and the reserve is there for what follows") {
  short_of_memory world;
  memory_reserve reserve{world.log};
  REQUIRE(memory_reserve::is_there());
  world.find_none();
  CHECK(!memory_reserve::is_there());
  world.find_none(); // nothing is left to give
}

TEST_CASE("The reserve is taken again, and the log has once that memory was missing") {
  short_of_memory world;
  memory_reserve reserve{world.log};
  reserve.look();
  CHECK(world.told("memory was missing") == 0);
  world.find_none();
  reserve.look();
  CHECK(memory_reserve::is_there());
  CHECK(world.told("memory was missing") == 1);
  reserve.look();
  CHECK(world.told("memory was missing") == 1);
}

TEST_CASE("A reserve that is gone leaves no handler") {
  short_of_memory world;
  { memory_reserve reserve{world.log}; }
  CHECK(!std::get_new_handler());
  CHECK(!memory_reserve::is_there());
}
