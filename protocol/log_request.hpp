#pragma once

#include "protocol/problem.hpp"

#include <array>
#include <string_view>
#include <variant>

namespace xylem {

/// What a log may begin at, the least serious first.
inline constexpr std::array<std::string_view, 4> log_level_names{"debug", "info", "warning",
                                                                 "error"};

/// The body of `PUT /api/v1/log` (web §1.6), `{"level": "debug"}`: which of those names it has.
std::variant<std::size_t, problem> parse_log_request(std::string_view body);

} // namespace xylem
