#include "protocol/restart_policy.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

constexpr mono_time t0{24h};
constexpr std::uint32_t longest_wait = 0,
                        shortest_wait = 0xFFFF'FFFF; // values of the random number

instant at(std::chrono::milliseconds span) {
  return {t0 + span, wall_time{1'700'000'000'000ms} + span};
}

} // namespace

TEST_CASE("the wait doubles from 50 ms to 2 s and stays there") {
  backoff wait;
  for (auto expected : {50ms, 100ms, 200ms, 400ms, 800ms, 1600ms, 2000ms, 2000ms, 2000ms})
    CHECK(wait.failed(t0, longest_wait) == expected);
}

TEST_CASE("jitter takes off at most half of the wait") {
  backoff wait;
  for (auto expected : {25ms, 50ms, 100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms})
    CHECK(wait.failed(t0, shortest_wait) == expected);
  std::mt19937 random{1};
  for (auto i = 0; i < 1'000; ++i) {
    auto span = wait.failed(t0, static_cast<std::uint32_t>(random()));
    REQUIRE(span >= 1000ms);
    REQUIRE(span <= 2000ms);
  }
}

TEST_CASE("children that fail together come back apart") {
  std::mt19937 random{1};
  std::array<int, 4> quarters{}; // of the second between 1 s and 2 s
  for (auto i = 0; i < 400; ++i) {
    backoff wait;
    for (auto n = 0; n < 6; ++n)
      wait.failed(t0, 0);
    auto span = wait.failed(t0, static_cast<std::uint32_t>(random()));
    ++quarters[std::min<std::size_t>(static_cast<std::size_t>((span - 1000ms) / 250ms), 3)];
  }
  for (auto count : quarters)
    CHECK(count > 50); // 100 each, were it even
}

TEST_CASE("a child that was stable starts the wait anew") {
  backoff wait;
  for (auto i = 0; i < 7; ++i)
    wait.failed(t0, longest_wait);
  wait.started(t0);
  CHECK(wait.failed(t0 + 9'999ms, longest_wait) == 2000ms);
  wait.started(t0);
  CHECK(wait.failed(t0 + 10s, longest_wait) == 50ms);
}

TEST_CASE("attempts that never started a child do not count as stable") {
  backoff wait;
  wait.started(t0);
  CHECK(wait.failed(t0 + 1s, longest_wait) == 50ms);
  CHECK(wait.failed(t0 + 1h, longest_wait) == 100ms); // the port could not be opened, an hour later
}

TEST_CASE("ten restarts in a minute are allowed, the eleventh parks the actor for 30 s") {
  restart_budget budget;
  for (auto i = 0; i < 10; ++i)
    CHECK_FALSE(budget.spend(t0 + i * 1s));
  CHECK(budget.spend(t0 + 59s) == t0 + 89s);
  CHECK(budget.is_parked(t0 + 88s));
  CHECK(budget.spend(t0 + 88s) == t0 + 89s); // asking does not prolong it
  CHECK_FALSE(budget.is_parked(t0 + 89s));
}

TEST_CASE("an actor that was parked has a full budget again") {
  restart_budget budget;
  for (auto i = 0; i < 10; ++i)
    budget.spend(t0);
  auto again = *budget.spend(t0);
  for (auto i = 0; i < 10; ++i)
    CHECK_FALSE(budget.spend(again));
  CHECK(budget.spend(again) == again + 30s);
}

TEST_CASE("a restart is forgotten after a minute") {
  restart_budget budget;
  for (auto i = 0; i < 10; ++i)
    budget.spend(t0 + i * 1s);
  CHECK_FALSE(budget.spend(t0 + 60s)); // the first is gone
  CHECK(budget.spend(t0 + 60s) == t0 + 90s);
}

TEST_CASE("an actor that fails every seven seconds is never parked") {
  restart_budget budget;
  for (auto i = 0; i < 1'000; ++i) // at most nine in any minute
    REQUIRE_FALSE(budget.spend(t0 + i * 7s));
}

TEST_CASE("no minute has more than ten restarts, whoever asks how often") {
  for (auto seed = 1u; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    restart_budget budget;
    std::vector<mono_time> granted;
    auto now = t0;
    for (auto step = 0; step < 2'000; ++step) {
      now += std::chrono::milliseconds{random() % 8'000};
      if (auto until = budget.spend(now)) {
        REQUIRE(*until > now);
        REQUIRE(*until <= now + 30s);
        granted.clear(); // a full budget after that
        continue;
      }
      granted.push_back(now);
      if (granted.size() > 10)
        REQUIRE(now - granted[granted.size() - 11] >= 60s);
    }
  }
}

TEST_CASE("an incident is open until its actor runs again") {
  incident_log log;
  auto number = log.open("uart", "unplugged", at(0ms));
  CHECK(number == 1);
  CHECK_FALSE(log.incidents()[0].end);
  const auto* closed = log.close(number, "nothing that was acknowledged", at(1500ms));
  REQUIRE(closed);
  CHECK(*closed
        == incident{1, "uart", "unplugged", at(0ms), at(1500ms), "nothing that was acknowledged"});
}

TEST_CASE("an incident is closed once, and only if it is known") {
  incident_log log;
  CHECK_FALSE(log.close(1, "", at(0ms)));
  auto number = log.open("uart", "unplugged", at(0ms));
  CHECK(log.close(number, "", at(1ms)));
  CHECK_FALSE(log.close(number, "", at(2ms)));
  CHECK_FALSE(log.close(number + 1, "", at(2ms)));
  CHECK(log.durations().count == 1);
}

TEST_CASE("the log is bounded and counts what it forgot") {
  incident_log log{3};
  for (auto i = 0; i < 5; ++i)
    log.close(log.open("recorder", "disk full", at(0ms)), "", at(1ms));
  CHECK(log.total() == 5);
  REQUIRE(log.incidents().size() == 3);
  CHECK(log.incidents().front().number == 3);
}

TEST_CASE("an incident that is not over outlives newer ones that are") {
  incident_log log{3};
  auto lost_port = log.open("uart", "unplugged", at(0ms));
  for (auto i = 0; i < 100; ++i)
    log.close(log.open("recorder", "disk full", at(0ms)), "", at(1ms));
  CHECK(log.incidents().front().number == lost_port);
  CHECK(log.incidents().size() == 3);
  CHECK(log.close(lost_port, "", at(100ms)));
}

TEST_CASE("the log is bounded also when nothing is ever over") {
  incident_log log{3};
  for (auto i = 0; i < 10; ++i)
    log.open("uart", "unplugged", at(0ms));
  CHECK(log.incidents().size() == 3);
  CHECK(log.incidents().back().number == 10);
}

TEST_CASE("restart durations are a cumulative histogram with sum and longest") {
  incident_log log;
  for (auto took : {1ms, 2ms, 100ms, 101ms, 61'000ms})
    log.close(log.open("uart", "unplugged", at(0ms)), "", at(took));
  const auto& durations = log.durations();
  // at most 1 ms, 10 ms, 100 ms, 1 s, 10 s, 60 s
  CHECK(durations.within == std::array<std::uint64_t, 6>{1, 2, 3, 4, 4, 4});
  CHECK(durations.count == 5);
  CHECK(durations.sum == 61'204ms);
  CHECK(durations.longest == 61s);
}

TEST_CASE("a jump of the wall clock does not change how long a restart took") {
  incident_log log;
  auto number = log.open("uart", "unplugged", at(0ms));
  log.close(number, "", {t0 + 5ms, wall_time{}});
  CHECK(log.durations().longest == 5ms);
}
