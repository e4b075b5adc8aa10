#include "app/periodic.hpp"

#include <doctest/doctest.h>

using namespace xylem;

TEST_CASE("What is periodic keeps no loop once it has ended") {
  boost::asio::io_context io;
  auto calls = 0;
  periodic each{io, std::chrono::seconds{0}, [&] {
    if (++calls == 3)
      each.end();
  }};
  io.run(); // returns
  CHECK(calls == 3);
}
