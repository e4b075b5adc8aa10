#include "app/commands/version.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/version.hpp>
#include <caf/config.hpp>
#include <spdlog/version.h>
#include <toml++/toml.h>

#include <iostream>

namespace xylem {

namespace {

std::string dotted(int major, int minor, int patch) {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

boost::json::object libraries() {
  return {{"caf", dotted(CAF_VERSION / 10000, CAF_VERSION / 100 % 100, CAF_VERSION % 100)},
          {"boost", dotted(BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
          {"spdlog", dotted(SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH)},
          {"tomlplusplus", dotted(TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH)},
          {"cli11", CLI11_VERSION}};
}

void show(bool as_json) {
  if (as_json) {
    std::cout << version_document() << '\n';
    return;
  }
  std::cout << "xylem " << XYLEM_VERSION << '\n';
  for (const auto& [name, version] : libraries())
    std::cout << "  " << name << ' ' << std::string_view{version.as_string()} << '\n';
}

} // namespace

boost::json::object version_document() {
#ifdef __clang__
  constexpr auto compiler = "clang " __clang_version__;
#else
  constexpr auto compiler = "gcc " __VERSION__;
#endif
  return {{"version", XYLEM_VERSION}, {"compiler", compiler}, {"libraries", libraries()}};
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
