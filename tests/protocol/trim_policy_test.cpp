#include "protocol/trim_policy.hpp"

#include <doctest/doctest.h>

using namespace xylem;

namespace {

constexpr std::size_t mib = 1024 * 1024;

} // namespace

TEST_CASE("memory is given back when there is much of it, and not for a little") {
  trim_policy policy;
  CHECK_FALSE(policy.is_worth_it(trim_policy::much - 1));
  CHECK(policy.is_worth_it(trim_policy::much));
}

TEST_CASE("what could not go is not tried again and again") {
  trim_policy policy;
  REQUIRE(policy.is_worth_it(12 * mib));
  policy.trimmed(10 * mib);
  CHECK_FALSE(policy.is_worth_it(11 * mib));
  CHECK(policy.is_worth_it(12 * mib));
}

TEST_CASE("what could not go and is used again is no measure of what may stay") {
  trim_policy policy;
  REQUIRE(policy.is_worth_it(12 * mib));
  policy.trimmed(10 * mib);
  CHECK_FALSE(policy.is_worth_it(1 * mib));
  CHECK(policy.is_worth_it(3 * mib));
}
