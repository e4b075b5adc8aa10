#pragma once

#include <set>
#include <string>
#include <string_view>

namespace xylem {

/// What a source logs as a warning or an error: the literals in the first argument of each
/// `.warning(` and `.error(`, or behind `log_level::warning,` and `log_level::error,`; without the
/// `: ` at the end of one that something follows.
std::set<std::string> logged_problems(std::string_view source);

} // namespace xylem
