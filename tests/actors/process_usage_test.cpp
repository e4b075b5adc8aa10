#include "actors/process_usage.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <unistd.h>

#include <thread>

using namespace xylem;

namespace {

std::uint64_t told(std::string_view name) {
  return process_usage().at(name).to_number<std::uint64_t>();
}

} // namespace

TEST_CASE("the process tells memory that it has and processor time that it has used") {
  auto usage = process_usage();
  CHECK(usage.at("resident_bytes").to_number<std::uint64_t>() > 1'000'000);
  CHECK(usage.at("virtual_bytes").to_number<std::uint64_t>()
        >= usage.at("resident_bytes").to_number<std::uint64_t>());
  CHECK(usage.at("cpu_seconds").as_double() > 0);
}

TEST_CASE("a descriptor that is opened is counted, and no more when it is closed") {
  auto before = told("open_fds");
  auto copy = ::dup(STDOUT_FILENO);
  REQUIRE(copy >= 0);
  CHECK(told("open_fds") == before + 1);
  ::close(copy);
  CHECK(told("open_fds") == before);
  CHECK(told("max_fds") > before);
}

TEST_CASE("threads are counted") {
  auto before = told("threads");
  std::thread other{[&] { CHECK(told("threads") == before + 1); }};
  other.join();
}
