#include "app/config/monitor_reader.hpp"

namespace xylem {

namespace {

constexpr std::string_view scopes_expected = "an array of \"read\" and \"command\"";

std::optional<access_scope> scope_of(const toml::node& node) {
  auto name = node.value<std::string_view>();
  if (name == "read")
    return access_scope::read;
  return name == "command" ? std::optional{access_scope::command} : std::nullopt;
}

/// The highest of them: who may command may read.
access_scope read_scopes(const toml_section& section) {
  auto highest = access_scope::read;
  auto node = section.table.get("scopes");
  if (!node)
    return highest;
  auto array = node->as_array();
  if (!array || array->empty()) {
    section.report(*node, "scopes", "expected " + std::string{scopes_expected});
    return highest;
  }
  for (const auto& element : *array) {
    auto scope = scope_of(element);
    if (!scope)
      section.report(element, "scopes", "expected \"read\" or \"command\", not "
                                          + written(element).shown());
    highest = std::max(highest, scope.value_or(access_scope::read));
  }
  return highest;
}

void read_allowed_monitor(const toml_section& section) {
  auto& allow = section.draft.gateway.monitor.allow;
  allowed_monitor who;
  section.read(allowed_monitor_keys(), who, {"scopes"});
  who.scope = read_scopes(section);
  if (!section.table.contains("name"))
    section.report(section.table, "name", "missing, expected " + allowed_monitor_keys()[0].expected);
  else if (!who.name.empty() && std::ranges::find(allow, who.name, &allowed_monitor::name)
                                    != allow.end())
    section.report(section.table, "name", in_quotes(who.name) + " is there twice");
  else
    allow.push_back(std::move(who));
}

} // namespace

void read_allowed(const toml_section& section) {
  section.draft.gateway.monitor.allow.clear();
  section.read_tables("allow", read_allowed_monitor);
}

void read_monitor(const toml_section& section) {
  section.read(monitor_keys(), section.draft.gateway.monitor, {"allow"});
  read_allowed(section);
}

void read_followed_gateway(const toml_section& section) {
  auto& draft = section.draft;
  auto& gateway = draft.gateway.gateways.emplace_back();
  auto at = section;
  at.path = gateway_path(draft.gateway.gateways.size() - 1);
  draft.places.insert_or_assign(at.path, at.place_of(at.table));
  at.read(followed_gateway_keys(), gateway);
}

} // namespace xylem
