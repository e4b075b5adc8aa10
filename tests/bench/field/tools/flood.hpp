#pragma once

#include "root_port.hpp"

#include <cstdint>
#include <vector>

namespace xylem::bench {

struct flood_options {
  double duration_s = 0;            ///< 0: until the count is reached
  std::uint64_t count = 0;          ///< frames; 0: until the time is over
  std::size_t frames_per_write = 1; ///< the count is a multiple of it
  double rate = 0;                  ///< frames a second at most; 0: as fast as the port takes them
};

/// Writes the frames in turn; returns how many. Does not sleep between two of them.
std::uint64_t flood(root_port& port, const std::vector<std::string>& frames, flood_options options);

} // namespace xylem::bench
