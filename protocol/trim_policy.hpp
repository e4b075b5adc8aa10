#pragma once

#include <algorithm>
#include <cstddef>

namespace xylem {

/// Decides when memory that nobody uses is worth the time of giving it back: when there is much more
/// of it than could not go before (parts of pages, stacks). In bytes.
class trim_policy {
public:
  static constexpr std::size_t much = 2 * 1024 * 1024;

  bool is_worth_it(std::size_t spare) noexcept {
    stays_ = std::min(stays_, spare);
    return spare - stays_ >= much;
  }

  void trimmed(std::size_t left) noexcept { stays_ = left; }

private:
  std::size_t stays_ = 0;
};

} // namespace xylem
