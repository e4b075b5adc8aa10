#pragma once

#include "app/commands/send.hpp"

namespace xylem {

/// `xylem broadcast`: run_send() to every node.
void add_broadcast(CLI::App& app, int& exit_code);

} // namespace xylem
