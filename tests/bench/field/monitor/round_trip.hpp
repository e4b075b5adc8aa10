#pragma once

#include <boost/json/object.hpp>

#include <cstdint>

namespace xylem::bench {

/// Plain CAF at a port of 127.0.0.1: answers each number with the same until a signal ends
/// it. Says `ready` on standard error.
void serve_round_trips(std::uint16_t port);

/// Asks it so often, one request after the other.
boost::json::object run_round_trips(std::uint16_t port, std::uint32_t count);

} // namespace xylem::bench
