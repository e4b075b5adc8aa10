#include "protocol/gate_rounds.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

constexpr mono_time start{};

/// Begins a round, and its pages are made.
void begin(gate_rounds& rounds, mono_time at) {
  REQUIRE(rounds.news(at));
  rounds.sends();
}

/// A round that takes so long, with news in the midst of it.
std::optional<mono_time::duration> rest_after(gate_rounds& rounds, mono_time::duration took) {
  begin(rounds, start);
  REQUIRE_FALSE(rounds.news(start + took / 2));
  return rounds.ended(start + took);
}

} // namespace

TEST_CASE("a gate that has the time begins a round with each news") {
  gate_rounds rounds;
  for (auto at = start; at < start + 1ms; at += 200us) {
    begin(rounds, at);
    CHECK_FALSE(rounds.ended(at + 150us));
  }
}

TEST_CASE("news during a round begins none, and waits half as long as the round took") {
  gate_rounds rounds;
  CHECK(rest_after(rounds, 300us) == 150us);
  CHECK(rounds.rested(start + 450us));
  rounds.sends();
  CHECK_FALSE(rounds.ended(start + 600us));
}

TEST_CASE("news before the pages of a round are made is in them") {
  gate_rounds rounds;
  CHECK(rounds.news(start));
  CHECK_FALSE(rounds.news(start + 10us));
  rounds.sends();
  CHECK_FALSE(rounds.ended(start + 100us));
}

TEST_CASE("the next news ends a rest, and then nothing waits for its end") {
  gate_rounds rounds;
  rest_after(rounds, 300us);
  begin(rounds, start + 400us);
  CHECK_FALSE(rounds.rested(start + 450us));
  CHECK_FALSE(rounds.ended(start + 700us));
  CHECK_FALSE(rounds.rested(start + 750us));
}

TEST_CASE("however much comes during a round, one follows it") {
  gate_rounds rounds;
  begin(rounds, start);
  for (auto i = 0; i < 8; ++i)
    CHECK_FALSE(rounds.news(start + 10us));
  CHECK(rounds.ended(start + 100us) == 50us);
  CHECK(rounds.rested(start + 150us));
  rounds.sends();
  CHECK_FALSE(rounds.ended(start + 250us));
  CHECK(rounds.news(start + 300us));
}

TEST_CASE("a rest has a bound, however long a round took") {
  gate_rounds rounds;
  CHECK(rest_after(rounds, 900ms) == gate_rounds::longest_rest);
}

TEST_CASE("a round whose end nobody tells does not hold up the next ones") {
  gate_rounds rounds;
  CHECK(rounds.news(start));
  CHECK_FALSE(rounds.news(start + gate_rounds::longest_round - 1us));
  CHECK(rounds.news(start + gate_rounds::longest_round));
}

TEST_CASE("an end that is told too late takes no rest away") {
  gate_rounds rounds;
  CHECK(rest_after(rounds, 300us));
  CHECK_FALSE(rounds.ended(start + 310us));
  CHECK(rounds.rested(start + 450us));
}
