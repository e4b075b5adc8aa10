#pragma once

#include "app/config/problem.hpp"
#include "app/sim/sim_step.hpp"

#include <variant>

namespace xylem {

/// Longest text of a scenario, bytes.
inline constexpr std::size_t max_scenario = 64 * 1024;

/// Every problem of a scenario, in the order of its lines.
using scenario_problems = std::vector<configuration_problem>;

/// Reads `[[step]]` tables; `file` names the text in problems.
std::variant<std::vector<sim_step>, scenario_problems> parse_scenario(std::string_view text,
                                                                      std::string_view file);

/// As parse_scenario(); a file that cannot be read is a problem without a line.
std::variant<std::vector<sim_step>, scenario_problems> load_scenario(const std::string& file);

} // namespace xylem
