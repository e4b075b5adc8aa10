#pragma once

#include "app/commands/console.hpp"

namespace CLI {
class App;
}

namespace xylem {

struct monitor_options;

/// Follows gateways until SIGINT or SIGTERM, or the time is over (MONITOR.md).
int run_monitor(const monitor_options& options, const console& io);

void add_monitor(CLI::App& app, int& exit_code);

} // namespace xylem
