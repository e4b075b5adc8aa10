#pragma once

#include "protocol/time.hpp"

#include <cstdint>

namespace xylem {

/// Spreads what may be written in a day (UTC) over it (record §2). A clock that is set back by less
/// than a day gives no second budget; one that was years ahead does not take those years' budgets.
class write_budget {
public:
  /// 0: no bound.
  explicit write_budget(std::uint64_t bytes_per_day);

  void wrote(std::uint64_t bytes, wall_time now);

  /// How long events are collected before they are written: 200 ms, up to 10 s as the use runs
  /// ahead of the day.
  std::chrono::milliseconds batch_time(wall_time now) const;

  bool is_used_up(wall_time now) const;

  std::uint64_t used(wall_time now) const; ///< today
  std::uint64_t bytes_per_day() const noexcept { return limit_; }

private:
  /// Than the one that was last written in. The day before it is not: its midnight is seen twice.
  bool is_another_day(wall_time now) const;

  std::uint64_t limit_;
  std::uint64_t used_ = 0;
  std::chrono::sys_days day_{};
};

} // namespace xylem
