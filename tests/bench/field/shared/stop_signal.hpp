#pragma once

namespace xylem::bench {

/// From now on SIGTERM and SIGINT are only remembered: a tool then tells what it has.
void remember_stop_signals();

bool is_stopped() noexcept;

} // namespace xylem::bench
