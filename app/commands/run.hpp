#pragma once

namespace CLI {
class App;
}

namespace xylem {

/// `xylem run`: the gateway, with a simulated mesh if asked for.
void add_run(CLI::App& app, int& exit_code);

} // namespace xylem
