#pragma once

#include "app/commands/client_options.hpp"

namespace xylem {

struct bundle_arguments {
  client_options client; ///< without `mesh`: all meshes
  std::string file{};
};

/// Asks a running gateway for all that helps to find out what happened, and writes it as one
/// tar.gz, which `xylem replay` takes as it is: captures of the meshes, configuration (redacted),
/// status, metrics, log and versions.
int run_bundle(const bundle_arguments& arguments, const console& io);

void add_bundle(CLI::App& app, int& exit_code);

} // namespace xylem
