#pragma once

#include "app/commands/client_options.hpp"

#include <vector>

namespace xylem {

struct get_arguments {
  client_options client;
  std::vector<std::string> words; ///< parse_reading_target()
};

/// Prints the latest readings of a type, of a node, or of both.
int run_get(const get_arguments& arguments, const console& io);

void add_get(CLI::App& app, int& exit_code);

} // namespace xylem
