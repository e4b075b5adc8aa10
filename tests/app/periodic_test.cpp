#include "app/periodic.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace xylem;

TEST_CASE("What a periodic call throws leaves the loop, and the calls go on") {
  boost::asio::io_context io;
  auto calls = 0;
  periodic each{io, std::chrono::seconds{0}, [&] {
    if (++calls == 2)
      each.end();
    throw std::runtime_error{"a call has failed"};
  }};
  CHECK_THROWS_AS(io.run(), std::runtime_error);
  each.go_on(); // it waits already: nothing is doubled
  CHECK_THROWS_AS(io.run(), std::runtime_error);
  io.run(); // returns
  CHECK(calls == 2);
}

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
