#pragma once

#include "app/commands/client_options.hpp"

namespace xylem {

struct log_arguments {
  client_options client;
  std::string level{}; ///< empty: stays
  std::size_t lines = 100;
};

/// Prints the newest lines of a gateway's log, or changes the least that it logs.
int run_log(const log_arguments& arguments, const console& io);

void add_log(CLI::App& app, int& exit_code);

} // namespace xylem
