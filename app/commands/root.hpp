#pragma once

namespace CLI {
class App;
}

namespace xylem {

/// `xylem root info|reset|clean`: what the root is told about itself.
void add_root(CLI::App& app, int& exit_code);

} // namespace xylem
