#include "app/config/toml_section.hpp"

namespace xylem {

source_place toml_section::place_of(const toml::source_region& region) const {
  if (document.line == 0)
    return document;
  return {document.file, region.begin.line, region.begin.column};
}

std::string toml_section::path_of(std::string_view key) const {
  return path.empty() ? std::string{key} : path + '.' + std::string{key};
}

void toml_section::report(const toml::node& node, std::string_view key, std::string message) const {
  draft.report(place_of(node), path_of(key), std::move(message));
}

void toml_section::report_unknown(const toml::key& key, std::vector<std::string> names) const {
  auto meant = closest(key.str(), names);
  if (meant.empty())
    meant = key_elsewhere(key.str());
  auto shown = in_quotes(key.str());
  auto where = path.empty() ? std::string{"at the top level"} : "in " + path;
  draft.report(place_of(key.source()), path_of(shown.substr(1, shown.size() - 2)),
               "unknown key " + where, std::move(meant));
}

void toml_section::report_no_array(const toml::node& node, std::string_view key) const {
  draft.unusable.insert(path_of(key));
  draft.report(place_of(node), path_of(key),
               "expected an array of tables, not " + written(node).shown(),
               key == "mesh"        ? "[[mesh]]"
               : key == "data_type" ? "[[mesh.data_type]]"
               : key == "gateway"   ? "[[gateway]]"
               : key == "allow"     ? "allow = [{name = \"office\", scopes = [\"read\"]}]"
                                    : std::string{});
}

void toml_section::report_no_table(const toml::node& node, std::string_view key) const {
  draft.unusable.insert(path_of(key));
  report(node, key, "expected a table, not " + written(node).shown());
}

written_value written(const toml::node& node) {
  if (auto value = node.as_boolean())
    return written_value::typed(value->get());
  if (auto value = node.as_integer())
    return written_value::typed(value->get());
  if (auto value = node.as_floating_point())
    return written_value::typed(value->get());
  if (auto value = node.as_string())
    return written_value::typed(value->get());
  return written_value::typed(structured_value{node.is_array()   ? "an array"
                                               : node.is_table() ? "a table"
                                                                 : "a date"});
}

} // namespace xylem
