#pragma once

#include "protocol/finding.hpp"
#include "protocol/time.hpp"

#include <boost/json/value.hpp>

#include <vector>

namespace xylem {

/// What a running gateway says of itself (web §1.4), of any version: `gateway_state`,
/// `gateway_actors`, `gateway_incidents`, `gateway_record`, and of each mesh `line_silent`,
/// `line_noise` and `gateway_link`. What it does not say is not judged.
std::vector<finding> judge_gateway(const boost::json::value& status);

} // namespace xylem
