#pragma once

#include <cstddef>

namespace xylem::testing {

/// While it lives, `new` fails on this thread: after `after` times that succeed, `times` times in a
/// row. What libraries take by malloc() is not touched. One at a time.
class allocation_failure {
public:
  explicit allocation_failure(std::size_t after, std::size_t times = 1) noexcept;
  ~allocation_failure();
  allocation_failure(const allocation_failure&) = delete;
  allocation_failure& operator=(const allocation_failure&) = delete;

  bool has_happened() const noexcept;
};

/// Does it again and again: `attempt(n)` lets the n-th allocation fail, and tells whether one did.
/// The number of places where memory can be missing.
template <class Attempt>
std::size_t fail_everywhere(Attempt attempt) {
  std::size_t places = 0;
  while (attempt(places))
    ++places;
  return places;
}

} // namespace xylem::testing
