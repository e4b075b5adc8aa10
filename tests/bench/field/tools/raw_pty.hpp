#pragma once

#include "tests/bench/field/shared/pinning.hpp"

#include <boost/json/object.hpp>

namespace xylem::bench {

struct raw_pty_options {
  std::size_t value_size = 10; ///< of the updates that are written: 22-byte frames
  std::size_t frames_per_write = 1;
  double rate = 0; ///< frames a second; 0: as fast as they are taken
  double duration_s = 3;
  int reader_core = -1; ///< -1: any
  urgency writer = urgency::normal;
};

/// How fast a plain reader drains the updates of a flooding root from a pseudo terminal.
boost::json::object run_raw_pty(const raw_pty_options& options);

} // namespace xylem::bench
