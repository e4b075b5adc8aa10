#include "protocol/write_budget.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

constexpr wall_time midnight = std::chrono::sys_days{std::chrono::days{20'000}};

} // namespace

TEST_CASE("without a bound any number of bytes is written in short batches") {
  write_budget budget{0};
  budget.wrote(1ULL << 60, midnight);
  CHECK(budget.used(midnight) == 1ULL << 60);
  CHECK_FALSE(budget.is_used_up(midnight));
  CHECK(budget.batch_time(midnight) == 200ms);
}

TEST_CASE("batches are short while the use is not ahead of the day") {
  write_budget budget{2400};
  CHECK(budget.batch_time(midnight) == 200ms);
  budget.wrote(100, midnight + 1h);
  CHECK(budget.batch_time(midnight + 1h) == 200ms);
  CHECK(budget.batch_time(midnight + 12h) == 200ms);
}

TEST_CASE("batches grow as the use runs ahead of the day, up to 10 s at a tenth of it") {
  write_budget budget{1000};
  budget.wrote(550, midnight + 12h); // 5 % ahead
  CHECK(budget.batch_time(midnight + 12h) == 5100ms);
  budget.wrote(50, midnight + 12h);
  CHECK(budget.batch_time(midnight + 12h) == 10s);
  budget.wrote(300, midnight + 12h);
  CHECK(budget.batch_time(midnight + 12h) == 10s);
  CHECK(budget.batch_time(midnight + 23h) == 200ms); // the day has caught up
}

TEST_CASE("a budget that is used up is there again on the next day") {
  write_budget budget{1000};
  budget.wrote(999, midnight);
  CHECK_FALSE(budget.is_used_up(midnight));
  budget.wrote(1, midnight);
  CHECK(budget.is_used_up(midnight));
  CHECK(budget.is_used_up(midnight + 24h - 1ms));
  CHECK_FALSE(budget.is_used_up(midnight + 24h));
  CHECK(budget.used(midnight + 24h) == 0);
  budget.wrote(10, midnight + 24h);
  CHECK(budget.used(midnight + 24h) == 10);
}

TEST_CASE("a clock that is set back gives no second budget") {
  write_budget budget{1000};
  budget.wrote(1000, midnight + 23h);
  CHECK(budget.is_used_up(midnight + 1h));
  budget.wrote(5, midnight + 1h);
  CHECK(budget.used(midnight + 23h) == 1005);
  SUBCASE("nor does one that goes back and forth over midnight") {
    budget.wrote(1000, midnight + 24h);
    budget.wrote(1, midnight + 23h);
    CHECK(budget.is_used_up(midnight + 23h));
    CHECK(budget.is_used_up(midnight + 24h));
    CHECK(budget.used(midnight + 24h) == 1001);
  }
}

TEST_CASE("a clock that was years ahead does not take the budgets of these years") {
  write_budget budget{1000};
  budget.wrote(1000, midnight + std::chrono::days{4000});
  CHECK_FALSE(budget.is_used_up(midnight));
  budget.wrote(1, midnight);
  CHECK(budget.used(midnight) == 1);
  CHECK(budget.batch_time(midnight) == 298ms); // 0.1 % of the day's bytes at its first moment
}
