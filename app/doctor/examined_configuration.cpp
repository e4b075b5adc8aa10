#include "app/doctor/examined_configuration.hpp"

#include "app/doctor/configuration_edit.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace xylem {

namespace {

namespace fs = std::filesystem;

/// More are in the answer of `xylem check`.
constexpr std::size_t most_told = 10;

std::optional<std::string> file_of(const examination_request& request) {
  std::error_code ignored;
  if (request.file || !request.serial.empty() || !fs::exists(installed_configuration, ignored))
    return request.file;
  return installed_configuration;
}

finding finding_of(const configuration_problem& problem, const configuration_source& source,
                   const configuration_editor& editor) {
  finding out{.id = "configuration", .subject = problem.file, .level = severity::error};
  out.statement = (problem.key.empty() ? "" : problem.key + ": ") + problem.message;
  auto told = describe(problem, source.text);
  out.evidence = told.substr(0, told.find(": error: "));
  if (problem.line > 0 && problem.message.starts_with("unknown key"))
    out.command = editor.respell(problem.line, std::string{split_path(problem.key).second},
                                 problem.suggestion);
  if (source.file.empty() && problem.key == "mesh")
    out.advice = "name it: --config FILE, or the port alone: --serial PORT";
  else
    out.advice = problem.suggestion.empty() ? "correct it; xylem check shows the line"
                                            : "did you mean " + problem.suggestion + "?";
  return out;
}

/// What the port of --serial alone needs, or nothing at all.
gateway_settings without_file(const examination_request& request) {
  configuration_source source;
  if (!request.serial.empty())
    source.sets.push_back("mesh.serial=" + request.serial);
  auto loaded = load_configuration(source);
  auto settings = std::get_if<gateway_settings>(&loaded);
  return settings != nullptr ? *settings : gateway_settings{};
}

void tell(examined_configuration& out, const configuration_problems& problems, const typist& who) {
  configuration_editor editor{out.source, who};
  for (std::size_t i = 0; i < std::min(problems.size(), most_told); ++i)
    out.findings.push_back(finding_of(problems[i], out.source, editor));
}

finding valid(const configuration_source& source, const gateway_settings& settings) {
  auto meshes = settings.meshes.size();
  return {.id = "configuration",
          .subject = source.file,
          .statement = "the configuration is valid",
          .evidence = std::to_string(meshes) + (meshes == 1 ? " mesh, " : " meshes, ")
                      + std::to_string(settings.gateways.size()) + " followed gateways"};
}

} // namespace

examined_configuration examine_configuration(const examination_request& request,
                                             const typist& who) {
  examined_configuration out;
  auto sets = request.sets;
  if (!request.serial.empty())
    sets.push_back("mesh.serial=" + request.serial);
  auto gathered = gather_configuration(file_of(request), std::move(sets));
  if (auto problem = std::get_if<configuration_problem>(&gathered)) {
    tell(out, {*problem}, who);
    out.settings = without_file(request);
    return out;
  }
  out.source = std::get<configuration_source>(std::move(gathered));
  if (out.source.file == installed_configuration)
    out.source.environment.merge(variables_of_service());
  auto loaded = load_configuration(out.source);
  if (auto problems = std::get_if<configuration_problems>(&loaded)) {
    tell(out, *problems, who);
    out.settings = without_file(request);
    return out;
  }
  out.settings = std::get<gateway_settings>(std::move(loaded));
  out.findings.push_back(valid(out.source, out.settings));
  return out;
}

typist own_typist() {
  std::error_code ignored;
  auto self = fs::read_symlink("/proc/self/exe", ignored);
  typist out{geteuid() == 0, self.string()};
  auto path = std::getenv("PATH");
  std::istringstream folders{path != nullptr ? path : ""};
  for (std::string folder; std::getline(folders, folder, ':');)
    if (fs::equivalent(fs::path{folder} / "xylem", self, ignored))
      out.program = "xylem";
  return out;
}

std::string in_toml(const std::string& text) {
  return '"' + text + '"';
}

} // namespace xylem
