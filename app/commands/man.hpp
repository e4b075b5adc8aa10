#pragma once

namespace CLI {
class App;
}

namespace xylem {

/// `xylem man`: the pages of the manual, of the commands and options as they are now.
void add_man(CLI::App& app, int& exit_code);

} // namespace xylem
