#pragma once

#include "results.hpp"

namespace xylem::bench {

/// One line a bar: row, ours, peer's, ratio, bar, verdict.
std::string table_of(const std::vector<outcome>& outcomes);

boost::json::array to_json(const std::vector<outcome>& outcomes);

/// 0: every bar is met, 1: one was missed, 2: none missed, but one was not measured.
int exit_code_of(const std::vector<outcome>& outcomes);

} // namespace xylem::bench
