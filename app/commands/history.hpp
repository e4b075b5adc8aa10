#pragma once

#include "app/commands/client_options.hpp"

#include <vector>

namespace xylem {

struct history_arguments {
  client_options client;
  std::vector<std::string> words; ///< parse_reading_target(), with a node
  std::uint8_t limit = 20;
};

/// Prints the readings of one node and type, newest first.
int run_history(const history_arguments& arguments, const console& io);

void add_history(CLI::App& app, int& exit_code);

} // namespace xylem
