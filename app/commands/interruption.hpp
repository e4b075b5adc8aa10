#pragma once

#include <atomic>

namespace xylem {

/// Becomes true at SIGINT or SIGTERM, from the call on: for a command that goes on until Ctrl-C.
const std::atomic<bool>& end_at_signals();

} // namespace xylem
