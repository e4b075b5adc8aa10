#pragma once

#include "root_port.hpp"
#include "tests/bench/field/shared/gateway_probe.hpp"

#include <boost/json/object.hpp>

namespace xylem::bench {

/// Pulls the cable so often, and tells how long it takes from the port's return until a message
/// of the root has reached a listener.
boost::json::object run_unplugs(root_port& port, gateway_probe& probe, std::uint64_t count);

} // namespace xylem::bench
