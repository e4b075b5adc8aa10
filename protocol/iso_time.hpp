#pragma once

#include "protocol/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace xylem {

/// `2026-01-31T12:00:00.250Z`.
std::string iso_time(wall_time time);

/// The same at the end of `out`.
void append_iso_time(std::string& out, wall_time time);

/// Reads what iso_time() wrote; the fraction may be missing or have up to 9 digits, those beyond
/// milliseconds are cut off. Nothing for another offset than Z or a day that does not exist.
std::optional<wall_time> parse_iso_time(std::string_view text);

} // namespace xylem
