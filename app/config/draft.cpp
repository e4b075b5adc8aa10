#include "app/config/draft.hpp"

#include <algorithm>

namespace xylem {

void configuration_draft::report(const source_place& where, std::string key, std::string message,
                                 std::string suggestion) {
  if (problems.size() > most_problems)
    return;
  if (problems.size() == most_problems) {
    problems.push_back({where.file, 0, 0, {}, "too many problems, the rest is not shown", {}});
    return;
  }
  problems.push_back({where.file, where.line, where.column, std::move(key), std::move(message),
                      std::move(suggestion)});
}

source_place configuration_draft::place_of(std::string_view path) const {
  for (; !path.empty(); path = split_path(path).first)
    if (auto found = places.find(path); found != places.end())
      return found->second;
  return {};
}

void configuration_draft::refuse(const std::string& path, const std::string& shown,
                                 const source_place& where, const written_value& value,
                                 const std::string& expected, const std::string& examples,
                                 std::span<const std::string> choices) {
  unusable.insert(path);
  auto wanted = examples.empty() ? expected : expected + " (" + examples + ')';
  auto meant = closest(value.text().value_or(""), choices);
  report(where, shown, "expected " + wanted + ", not " + value.shown(),
         meant.empty() ? meant : in_quotes(meant));
}

std::string mesh_path(std::size_t index) {
  return index == 0 ? "mesh" : "mesh." + std::to_string(index);
}

std::string gateway_path(std::size_t index) {
  return index == 0 ? "gateway" : "gateway." + std::to_string(index);
}

std::pair<std::string_view, std::string_view> split_path(std::string_view path) {
  auto dot = path.rfind('.');
  if (dot == std::string_view::npos)
    return {{}, path};
  return {path.substr(0, dot), path.substr(dot + 1)};
}

std::map<std::string, std::vector<std::string>> known_keys() {
  auto mesh = names_of(mesh_keys());
  mesh.push_back("data_type");
  auto monitor = names_of(monitor_keys());
  monitor.push_back("allow");
  return {{"", names_of(top_level_keys())},
          {"events", names_of(event_keys())},
          {"web", names_of(web_keys())},
          {"recorder", names_of(recorder_keys())},
          {"log", names_of(log_keys())},
          {"monitor", std::move(monitor)},
          {"gateway", names_of(followed_gateway_keys())},
          {"mesh", std::move(mesh)}};
}

std::string key_elsewhere(std::string_view name) {
  for (const auto& [section, names] : known_keys()) {
    if (std::ranges::find(names, name) == names.end())
      continue;
    if (section.empty())
      return std::string{name} + ", above the first [section]";
    auto is_list = section == "mesh" || section == "gateway";
    return std::string{name} + (is_list ? " in [[" + section + "]]" : " in [" + section + ']');
  }
  return {};
}

} // namespace xylem
