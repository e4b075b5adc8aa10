#pragma once

namespace CLI {
class App;
}

namespace xylem::bench {

/// `echo-server`, `load`, `root`, `raw-pty`, `listen` and `publish`.
void add_tools(CLI::App& app);

} // namespace xylem::bench
