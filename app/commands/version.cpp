#include "app/commands/version.hpp"

#include "app/commands/library_versions.hpp"
#include "protocol/version.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <iostream>

namespace xylem {

namespace {

void show(bool as_json) {
  if (as_json) {
    std::cout << version_document() << '\n';
    return;
  }
  std::cout << "xylem " << software_version() << '\n';
  for (const auto& library : library_versions()) {
    std::cout << "  " << library.name << ' ' << library.running;
    if (!library.built.empty() && library.built != library.running)
      std::cout << " (built with " << library.built << ')';
    std::cout << '\n';
  }
}

} // namespace

boost::json::object version_document() {
#ifdef __clang__
  constexpr auto compiler = "clang " __clang_version__;
#else
  constexpr auto compiler = "gcc " __VERSION__;
#endif
  boost::json::object running;
  boost::json::object built;
  for (const auto& library : library_versions()) {
    running[library.name] = library.running;
    if (!library.built.empty())
      built[library.name] = library.built;
  }
  return {{"version", software_version()},
          {"compiler", compiler},
          {"libraries", std::move(running)},
          {"built_with", std::move(built)}};
}

void add_version(CLI::App& app, int& exit_code) {
  auto as_json = std::make_shared<bool>(false);
  auto command = app.add_subcommand("version", "Show versions of this program and its libraries");
  command->add_flag("--json", *as_json, "As one JSON object");
  command->callback([as_json, &exit_code] {
    show(*as_json);
    exit_code = 0;
  });
}

} // namespace xylem
