#pragma once

#include "protocol/time.hpp"

#include <optional>
#include <string_view>

namespace xylem {

/// A time as people write it: `2h` and `10m ago` before `now`, `2026-01-31` (its beginning) or
/// `2026-01-31T12:00:00Z`, all in UTC. Nothing for anything else.
std::optional<wall_time> parse_moment(std::string_view text, wall_time now);

} // namespace xylem
