#pragma once

#include <cstddef>
#include <utility>

namespace xylem::testing {

/// Counts what this thread takes from the heap, with `new` or in any other way. Set
/// XYLEM_TRACE_ALLOCATIONS to have the stack of each on standard error.
class allocation_counter {
public:
  allocation_counter() noexcept;
  ~allocation_counter();
  allocation_counter(const allocation_counter&) = delete;
  allocation_counter& operator=(const allocation_counter&) = delete;

  std::size_t count() const noexcept;
};

/// How often the heap was asked for memory while that was done.
template <class Action>
std::size_t allocations_of(Action&& action) {
  allocation_counter counter;
  std::forward<Action>(action)();
  return counter.count();
}

} // namespace xylem::testing
