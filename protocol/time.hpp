#pragma once

#include <chrono>

namespace xylem {

/// Orders things and measures spans; a clock that never jumps. Never read in protocol/.
using mono_time = std::chrono::steady_clock::time_point;

/// Tells people when; may jump on a machine without a battery-backed clock.
using wall_time = std::chrono::sys_time<std::chrono::milliseconds>;

/// One moment on both clocks.
struct instant {
  mono_time mono;
  wall_time wall;

  bool operator==(const instant&) const = default;
};

} // namespace xylem
