#include "app/config/overrides.hpp"

#include "app/config/toml_reader.hpp"

#include <algorithm>
#include <charconv>

namespace xylem {

namespace {

constexpr std::string_view prefix = "XYLEM_";

/// A path in its parts. Without a number `mesh` is the first one.
struct key_address {
  std::string section;
  std::size_t index = 0;
  bool indexed = false;
  std::string name;
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// `MESH__1__SERIAL` → `mesh.1.serial`
std::string path_of_variable(std::string_view name) {
  std::string path;
  while (!name.empty()) {
    auto separates = name.starts_with("__");
    path += separates ? '.' : lower(name.front());
    name.remove_prefix(separates ? 2 : 1);
  }
  return path;
}

std::string variable_of_path(std::string_view path) {
  std::string name{prefix};
  for (auto c : path)
    name += c == '.' ? std::string{"__"} : std::string{upper(c)};
  return name;
}

key_address parse_address(std::string_view path) {
  auto [table, name] = split_path(path);
  key_address out{std::string{table}, 0, false, std::string{name}};
  if (path.starts_with('.'))
    out.section = ".";
  for (std::string_view list : {"mesh", "gateway"}) {
    if (!table.starts_with(list) || table.substr(list.size()).substr(0, 1) != ".")
      continue;
    auto number = table.substr(list.size() + 1);
    auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), out.index);
    out.indexed = error == std::errc{} && end == number.data() + number.size();
    if (out.indexed)
      out.section = list;
  }
  return out;
}

void report_unknown(configuration_draft& draft, const configuration_override& what,
                    const key_address& address) {
  std::vector<std::string> paths;
  for (const auto& [section, names] : known_keys())
    for (const auto& name : names)
      paths.push_back(section.empty() ? name : section + '.' + name);
  auto plain = address.section.empty() ? address.name : address.section + '.' + address.name;
  auto meant = closest(plain, paths);
  if (address.indexed && meant.starts_with(address.section + '.'))
    meant.insert(address.section.size(), '.' + std::to_string(address.index));
  if (!meant.empty() && what.shown.starts_with(prefix))
    meant = variable_of_path(meant);
  draft.report(what.where, what.shown, "unknown key", std::move(meant));
}

template <class Target>
bool set_named(configuration_draft& draft, const configuration_override& what,
               const key_table<Target>& keys, const std::string& name, Target& target,
               const std::string& path) {
  auto key = std::ranges::find(keys, name, &configuration_key<Target>::name);
  if (key == keys.end())
    return false;
  draft.set(*key, target, path, what.shown, written_value::untyped(what.value), what.where);
  return true;
}

bool set_in_mesh(configuration_draft& draft, const configuration_override& what,
                 const key_address& address) {
  if (address.index == 0 && draft.meshes.empty()) {
    draft.meshes.emplace_back();
    draft.places.insert_or_assign(mesh_path(0), what.where);
  }
  if (address.index >= draft.meshes.size()) {
    draft.report(what.where, what.shown,
                 "there is no mesh " + std::to_string(address.index)
                     + ", they are numbered from 0");
    return true;
  }
  auto& mesh = draft.meshes[address.index];
  auto table = mesh_path(address.index);
  if (address.name == "data_type") {
    read_data_types_text(draft, mesh, table, what.shown, what.value, what.where);
    return true;
  }
  return set_named(draft, what, mesh_keys(), address.name, mesh, table + '.' + address.name);
}

bool set_in_gateway(configuration_draft& draft, const configuration_override& what,
                    const key_address& address) {
  auto& gateways = draft.gateway.gateways;
  auto table = gateway_path(address.index);
  if (address.index == 0 && gateways.empty()) {
    gateways.emplace_back();
    draft.places.insert_or_assign(table, what.where);
  }
  if (address.index < gateways.size())
    return set_named(draft, what, followed_gateway_keys(), address.name, gateways[address.index],
                     table + '.' + address.name);
  draft.report(what.where, what.shown,
               "there is no gateway " + std::to_string(address.index)
                   + ", they are numbered from 0");
  return true;
}

bool set_in_monitor(configuration_draft& draft, const configuration_override& what,
                    const key_address& address) {
  if (address.name != "allow")
    return set_named(draft, what, monitor_keys(), address.name, draft.gateway.monitor, what.path);
  read_allowed_text(draft, what.shown, what.value, what.where);
  return true;
}

bool set_in_section(configuration_draft& draft, const configuration_override& what,
                    const key_address& address) {
  auto& gateway = draft.gateway;
  const auto& name = address.name;
  if (address.section.empty())
    return set_named(draft, what, top_level_keys(), name, gateway, what.path);
  if (address.section == "events")
    return set_named(draft, what, event_keys(), name, gateway.events, what.path);
  if (address.section == "web")
    return set_named(draft, what, web_keys(), name, draft.web, what.path);
  if (address.section == "recorder")
    return set_named(draft, what, recorder_keys(), name, gateway.recorder, what.path);
  if (address.section == "log")
    return set_named(draft, what, log_keys(), name, gateway.log, what.path);
  if (address.section == "monitor")
    return set_in_monitor(draft, what, address);
  if (address.section == "gateway")
    return set_in_gateway(draft, what, address);
  return address.section == "mesh" && set_in_mesh(draft, what, address);
}

} // namespace

std::vector<configuration_override>
overrides_of(const std::map<std::string, std::string>& environment) {
  auto top_level = names_of(top_level_keys());
  std::vector<configuration_override> out;
  for (const auto& [name, value] : environment) {
    if (!name.starts_with(prefix))
      continue;
    auto path = path_of_variable(std::string_view{name}.substr(prefix.size()));
    if (path.find('.') != std::string::npos
        || std::ranges::find(top_level, path) != top_level.end())
      out.push_back({std::move(path), name, value, {"environment"}});
  }
  return out;
}

std::optional<configuration_override> parse_set(configuration_draft& draft, std::string_view text) {
  auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    draft.report({"--set"}, {}, "expected KEY=VALUE, not " + in_quotes(text));
    return std::nullopt;
  }
  std::string path{text.substr(0, equals)};
  return configuration_override{path, path, std::string{text.substr(equals + 1)}, {"--set"}};
}

void apply(configuration_draft& draft, const configuration_override& what) {
  auto address = parse_address(what.path);
  if (!set_in_section(draft, what, address))
    report_unknown(draft, what, address);
}

} // namespace xylem
