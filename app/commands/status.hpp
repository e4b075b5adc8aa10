#pragma once

#include "app/commands/client_options.hpp"

namespace xylem {

struct status_arguments {
  client_options client;
};

/// Prints the state of the gateway: link, sums, clients, actors, incidents.
int run_status(const status_arguments& arguments, const console& io);

void add_status(CLI::App& app, int& exit_code);

} // namespace xylem
