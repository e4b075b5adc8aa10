#pragma once

#include "app/sim/sim_options.hpp"

#include <iosfwd>

namespace CLI {
class App;
}

namespace xylem {

struct sim_command_options {
  sim_options sim;
  std::string scenario; ///< a file; its steps come after those of the other options
  bool as_json = false; ///< the statistics
};

/// Runs a simulated root until its end, SIGINT or SIGTERM. Where the port is goes to `err`, the
/// statistics go to `out`. Returns the exit code.
int run_sim(const sim_command_options& options, std::ostream& out, std::ostream& err);

void add_sim(CLI::App& app, int& exit_code);

} // namespace xylem
