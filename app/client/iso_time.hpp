#pragma once

#include "protocol/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace xylem::client {

/// `2026-03-01T12:00:00.123Z`: ISO 8601 in UTC with milliseconds, as a gateway writes it.
std::string format_time(wall_time time);

/// The reverse; the fraction may be absent or have any number of digits. Nothing for anything
/// else, another zone included.
std::optional<wall_time> parse_time(std::string_view text);

} // namespace xylem::client
