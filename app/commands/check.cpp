#include "app/commands/check.hpp"

#include "app/commands/client_options.hpp"
#include "app/config/configuration.hpp"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace xylem {

namespace {

namespace json = boost::json;

struct check_result {
  configuration_source source{};
  std::size_t meshes = 0;
  std::size_t gateways = 0;
  configuration_problems problems{};
};

check_result check(const check_options& options) {
  auto gathered = gather_configuration(options.file, options.sets);
  if (auto problem = std::get_if<configuration_problem>(&gathered))
    return {.problems = {*problem}};
  check_result out{.source = std::get<configuration_source>(std::move(gathered))};
  auto loaded = load_configuration(out.source);
  if (auto settings = std::get_if<gateway_settings>(&loaded)) {
    out.meshes = settings->meshes.size();
    out.gateways = settings->gateways.size();
  } else {
    out.problems = std::get<configuration_problems>(std::move(loaded));
  }
  return out;
}

json::value to_json(const check_result& result) {
  json::array problems;
  for (const auto& problem : result.problems)
    problems.push_back(json::object{{"file", problem.file},
                                    {"line", problem.line},
                                    {"column", problem.column},
                                    {"key", problem.key},
                                    {"message", problem.message},
                                    {"source", source_line(problem, result.source.text)},
                                    {"suggestion", problem.suggestion}});
  return json::object{{"valid", result.problems.empty()}, {"problems", std::move(problems)}};
}

void tell(const check_result& result, std::ostream& out, std::ostream& err) {
  for (const auto& problem : result.problems)
    err << describe(problem, result.source.text);
  if (result.problems.size() > 1)
    err << result.problems.size() << " errors\n";
  if (!result.problems.empty())
    return;
  auto name = result.source.file.empty() ? std::string{"configuration"} : result.source.file;
  if (result.gateways > 0)
    out << name << ": ok, " << result.gateways << " followed "
        << (result.gateways == 1 ? "gateway\n" : "gateways\n");
  else
    out << name << ": ok, " << result.meshes << (result.meshes == 1 ? " mesh\n" : " meshes\n");
}

} // namespace

int run_check(const check_options& options, std::ostream& out, std::ostream& err) {
  auto result = check(options);
  if (options.as_json)
    out << to_json(result) << '\n';
  else
    tell(result, out, err);
  return result.problems.empty() ? exit_codes::ok : exit_codes::usage;
}

void add_check(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<check_options>();
  auto command = app.add_subcommand("check", "Validate a configuration");
  command->add_option("FILE", options->file, "Configuration file; XYLEM_ variables are applied");
  command->add_option("--set", options->sets, "KEY=VALUE, such as mesh.serial=/dev/ttyUSB0")
      ->allow_extra_args(false);
  command->add_flag("--json", options->as_json, "Problems as one JSON object");
  command->callback(
      [options, &exit_code] { exit_code = run_check(*options, std::cout, std::cerr); });
}

} // namespace xylem
