#pragma once

#include <cstdint>

namespace xylem::bench {

/// Sends back what it gets, on 127.0.0.1, in one thread, until it is killed: what any server of
/// this kind could reach at best.
[[noreturn]] void run_echo_server(std::uint16_t port);

} // namespace xylem::bench
