#pragma once

#include <iosfwd>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace xylem {

struct replay_options {
  std::string capture; ///< a file, a bundle, or `-`
  std::optional<std::string> configuration{};
  std::optional<double> speed{}; ///< nothing: as fast as it goes
  std::optional<std::string> expected{};
  std::optional<std::string> out{}; ///< `-`: standard output
  std::optional<std::string> state{};
};

/// Runs a capture through the actors of a gateway. Events go to `out`, unless they go to a file or
/// are compared; all else to `err`. Returns the exit code.
int run_replay(const replay_options& options, std::ostream& out, std::ostream& err);

void add_replay(CLI::App& app, int& exit_code);

} // namespace xylem
