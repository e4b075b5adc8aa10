#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace xylem {

struct check_options {
  std::optional<std::string> file; ///< nothing: only the environment and `sets`
  std::vector<std::string> sets;
  bool as_json = false;
};

/// Tells everything that keeps `run` from starting with this configuration in this environment.
/// Problems as text go to `err`, all else to `out`. Returns the exit code.
int run_check(const check_options& options, std::ostream& out, std::ostream& err);

void add_check(CLI::App& app, int& exit_code);

} // namespace xylem
