#pragma once

namespace CLI {
class App;
}

namespace xylem {

/// `xylem version`: this program and the libraries it was built with.
void add_version(CLI::App& app, int& exit_code);

} // namespace xylem
