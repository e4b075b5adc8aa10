#pragma once

#include "protocol/time.hpp"

#include <algorithm>
#include <cstddef>

namespace xylem {

struct token_rate {
  std::size_t at_once = 0;
  std::size_t per_second = 0;
};

/// Lets so much pass at once, and after that so much a second. Begins full.
class token_bucket {
public:
  token_bucket(token_rate rate, mono_time now) noexcept
      : rate_{rate}, left_{static_cast<double>(rate.at_once)}, at_{now} {}

  /// False, and nothing is taken, when there is less than `count`.
  bool take(std::size_t count, mono_time now) noexcept {
    std::chrono::duration<double> passed = now - at_;
    left_ = std::min(static_cast<double>(rate_.at_once),
                     left_ + std::max(passed.count(), 0.0) * static_cast<double>(rate_.per_second));
    at_ = std::max(at_, now);
    if (left_ < static_cast<double>(count))
      return false;
    left_ -= static_cast<double>(count);
    return true;
  }

  /// Of the last take().
  mono_time used() const noexcept { return at_; }

private:
  token_rate rate_;
  double left_;
  mono_time at_;
};

} // namespace xylem
