#pragma once

namespace CLI {
class App;
}

namespace xylem::bench {

/// `compare`: every row, the table, `results.json` and the plots.
void add_compare(CLI::App& app, int& exit_code);

} // namespace xylem::bench
