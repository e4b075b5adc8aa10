#pragma once

#include "app/commands/client_options.hpp"

namespace xylem {

struct nodes_arguments {
  client_options client;
  std::string status; ///< only nodes of this status; empty: all
};

/// Prints every node of the mesh.
int run_nodes(const nodes_arguments& arguments, const console& io);

void add_nodes(CLI::App& app, int& exit_code);

} // namespace xylem
