#pragma once

#include "protocol/trim_policy.hpp"

#include <chrono>

namespace xylem {

/// Pages between blocks in use, which the allocator keeps when a crowd has gone; left to itself it
/// would keep those of the largest crowd ever. They go back to the system when there are many.
class spare_memory {
public:
  static constexpr std::chrono::seconds period{60};

  /// Once a period: half a millisecond when the heap is in many pieces, and a few when there is
  /// much to give. The bytes that went back.
  std::size_t look();

private:
  trim_policy policy_;
};

} // namespace xylem
