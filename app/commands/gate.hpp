#pragma once

namespace CLI {
class App;
}

namespace xylem {

/// `xylem gate`: what monitors connect to; a gateway starts it.
void add_gate(CLI::App& app, int& exit_code);

} // namespace xylem
