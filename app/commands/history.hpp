#pragma once

#include "app/commands/client_options.hpp"

#include <vector>

namespace xylem {

enum class history_layout : std::uint8_t { table, csv };

struct history_arguments {
  client_options client;
  std::vector<std::string> words; ///< parse_reading_target(), with node and type
  std::size_t limit = 0; ///< 0: 20 readings, or all buckets
  std::string from{}; ///< parse_moment(); empty: no bound
  std::string to{};
  std::string step{}; ///< parse_milliseconds(), whole seconds; empty: readings, not buckets
  history_layout layout = history_layout::table;
};

/// Prints the readings of one node and type, newest first, or with `step` what they were in each
/// step, oldest first.
int run_history(const history_arguments& arguments, const console& io);

void add_history(CLI::App& app, int& exit_code);

} // namespace xylem
