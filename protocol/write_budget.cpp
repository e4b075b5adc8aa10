#include "protocol/write_budget.hpp"

#include <algorithm>

namespace xylem {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds shortest_batch = 200ms;
constexpr std::chrono::milliseconds longest_batch = 10s;

/// How far the use may run ahead of the day, as a share of the day's bytes, until batches are as
/// long as they get.
constexpr double longest_at = 0.1;

std::chrono::sys_days day_of(wall_time now) {
  return std::chrono::floor<std::chrono::days>(now);
}

} // namespace

write_budget::write_budget(std::uint64_t bytes_per_day) : limit_{bytes_per_day} {}

void write_budget::wrote(std::uint64_t bytes, wall_time now) {
  if (is_another_day(now)) {
    day_ = day_of(now);
    used_ = 0;
  }
  used_ += bytes;
}

std::chrono::milliseconds write_budget::batch_time(wall_time now) const {
  if (limit_ == 0)
    return shortest_batch;
  auto of_day =
      std::chrono::duration<double>(now - (is_another_day(now) ? day_of(now) : day_)) / 24h;
  auto ahead = static_cast<double>(used(now)) / static_cast<double>(limit_) - std::max(of_day, 0.0);
  auto share = std::clamp(ahead / longest_at, 0.0, 1.0);
  return shortest_batch
         + std::chrono::round<std::chrono::milliseconds>(
             share * std::chrono::duration<double>(longest_batch - shortest_batch));
}

bool write_budget::is_used_up(wall_time now) const {
  return limit_ != 0 && used(now) >= limit_;
}

std::uint64_t write_budget::used(wall_time now) const {
  return is_another_day(now) ? 0 : used_;
}

bool write_budget::is_another_day(wall_time now) const {
  return day_of(now) > day_ || day_of(now) < day_ - std::chrono::days{1};
}

} // namespace xylem
