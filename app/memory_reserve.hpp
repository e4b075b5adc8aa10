#pragma once

#include "actors/log.hpp"

#include <chrono>

namespace xylem {

/// Memory for dealing with its lack. When `new` finds none, this is given back and whoever asked
/// gets std::bad_alloc: its actor or connection ends, and there is room for that. It is taken again
/// within a second, and the log has it. One a process. It is never touched, so it costs nothing.
class memory_reserve {
public:
  static constexpr std::size_t size = 1024 * 1024;
  static constexpr std::chrono::seconds period{1};

  explicit memory_reserve(logger& log);
  ~memory_reserve();
  memory_reserve(const memory_reserve&) = delete;
  memory_reserve& operator=(const memory_reserve&) = delete;

  /// Once a period: takes and tells what was given back.
  void look();

  static bool is_there() noexcept;

private:
  actor_log log_;
  bool was_short_ = false;
};

} // namespace xylem
