#pragma once

#include <chrono>

namespace xylem {

/// Time since the simulated port was first opened; 0 is when the root powers up.
using sim_time = std::chrono::nanoseconds;

/// The longest span an option or a step may name.
inline constexpr sim_time max_sim_time = std::chrono::hours{24 * 30};

} // namespace xylem
