#pragma once

#include <chrono>
#include <cstddef>

namespace xylem {

/// Pages between blocks in use, which the allocator keeps when a crowd has gone; left to itself it
/// would keep those of the largest crowd ever. They go back to the system when there are many.
class spare_memory {
public:
  static constexpr std::chrono::seconds period{60};
  static constexpr std::size_t many = 2 * 1024 * 1024; ///< bytes, more than could not go the last time

  /// Once a period: half a millisecond when the heap is in many pieces, and a few when there is
  /// much to give. The bytes that went back.
  std::size_t look();

private:
  std::size_t kept_ = 0; // what could not be given the last time: parts of pages, code, stacks
};

} // namespace xylem
