#include "app/config/configuration.hpp"

#include "app/config/cross_checks.hpp"
#include "app/config/overrides.hpp"
#include "app/config/quantity.hpp"
#include "app/config/toml_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <ostream>
#include <system_error>

#include <unistd.h>

namespace xylem {

namespace {

bool read_text(configuration_draft& draft, const configuration_source& source) {
  if (source.text.size() <= largest_configuration)
    return read_toml(draft, source.file, source.text);
  draft.report({source.file}, {}, "longer than " + show_size(largest_configuration));
  return false;
}

void apply_overrides(configuration_draft& draft, const configuration_source& source) {
  for (const auto& what : overrides_of(source.environment))
    apply(draft, what);
  for (const auto& text : source.sets)
    if (auto what = parse_set(draft, text))
      apply(draft, *what);
}

/// As the file is read; what has no line comes last.
configuration_problems in_order(configuration_problems problems) {
  std::ranges::stable_sort(problems, {}, [](const configuration_problem& problem) {
    return std::pair{problem.line == 0, problem.line};
  });
  return problems;
}

gateway_settings finished(configuration_draft&& draft) {
  auto settings = std::move(draft.gateway);
  std::ranges::move(draft.meshes, std::back_inserter(settings.meshes));
  settings.web = std::move(draft.web);
  return settings;
}

} // namespace

std::variant<gateway_settings, configuration_problems>
load_configuration(const configuration_source& source, configuration_use use) {
  configuration_draft draft;
  if (!source.file.empty())
    draft.places.emplace("mesh", source_place{source.file});
  auto is_readable = read_text(draft, source);
  apply_overrides(draft, source);
  if (is_readable)
    check_together(draft, use);
  if (!draft.problems.empty())
    return in_order(std::move(draft.problems));
  return finished(std::move(draft));
}

namespace {

std::variant<std::string, configuration_problem> read_file(const std::string& path) {
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  std::string text(largest_configuration + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad() || (file.gcount() == 0 && !file.eof()))
    return configuration_problem{
        path, 0, 0, {}, "cannot be read: " + std::generic_category().message(errno), {}};
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::map<std::string, std::string> own_variables() {
  std::map<std::string, std::string> out;
  for (auto entry = environ; entry && *entry; ++entry) {
    std::string_view text{*entry};
    auto equals = text.find('=');
    if (text.starts_with("XYLEM_") && equals != std::string_view::npos)
      out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

} // namespace

std::variant<configuration_source, configuration_problem>
gather_configuration(const std::optional<std::string>& path, std::vector<std::string> sets) {
  configuration_source source{path.value_or(""), {}, own_variables(), std::move(sets)};
  if (!path)
    return source;
  auto content = read_file(*path);
  if (auto problem = std::get_if<configuration_problem>(&content))
    return *problem;
  source.text = std::get<std::string>(std::move(content));
  return source;
}

std::optional<gateway_settings> load_or_explain(const std::optional<std::string>& path,
                                                std::vector<std::string> sets, std::ostream& err,
                                                configuration_use use) {
  auto gathered = gather_configuration(path, std::move(sets));
  if (auto problem = std::get_if<configuration_problem>(&gathered)) {
    err << describe(*problem, {});
    return std::nullopt;
  }
  const auto& source = std::get<configuration_source>(gathered);
  auto loaded = load_configuration(source, use);
  if (auto settings = std::get_if<gateway_settings>(&loaded))
    return std::move(*settings);
  for (const auto& problem : std::get<configuration_problems>(loaded))
    err << describe(problem, source.text);
  return std::nullopt;
}

} // namespace xylem
