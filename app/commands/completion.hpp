#pragma once

#include <string>

namespace CLI {
class App;
}

namespace xylem {

/// Scripts that complete the commands and options of `app` as they are now.
std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);
std::string fish_completion(const CLI::App& app);

/// `xylem completion bash|zsh|fish`.
void add_completion(CLI::App& app, int& exit_code);

} // namespace xylem
