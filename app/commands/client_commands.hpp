#pragma once

namespace CLI {
class App;
}

namespace xylem {

/// Adds the commands that are clients of a running gateway. The one that is parsed runs at the
/// end of the parsing and sets `exit_code`, which must outlive `app`'s parsing.
void add_client_commands(CLI::App& app, int& exit_code);

} // namespace xylem
