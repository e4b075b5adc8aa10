#pragma once

namespace CLI {
class App;
}

#include <boost/json/object.hpp>

namespace xylem {

/// `{"version", "compiler", "libraries", "built_with"}` of this program.
boost::json::object version_document();

/// `xylem version`: this program and the libraries it runs with.
void add_version(CLI::App& app, int& exit_code);

} // namespace xylem
