#pragma once

#include "app/config/draft.hpp"

#include <algorithm>

#include <toml++/toml.h>

namespace xylem {

/// One table of a TOML document: where it is and how its problems are named.
struct toml_section {
  configuration_draft& draft;
  const toml::table& table;
  std::string path;      ///< of the table, empty at the top level
  source_place document; ///< line 0: positions inside mean nothing to the user

  source_place place_of(const toml::source_region& region) const;
  source_place place_of(const toml::node& node) const { return place_of(node.source()); }
  std::string path_of(std::string_view key) const;

  void report(const toml::node& node, std::string_view key, std::string message) const;

  /// Sets the keys of `target`. Keys of neither `keys` nor `nested` are reported as unknown.
  template <class Target>
  void read(const key_table<Target>& keys, Target& target,
            const std::vector<std::string>& nested = {}) const;

  /// Calls `read_one` with every table of the array `key`; reports what is something else.
  template <class Read>
  void read_tables(std::string_view key, Read read_one) const;

private:
  void report_no_array(const toml::node& node, std::string_view key) const;
  void report_no_table(const toml::node& node, std::string_view key) const;
  void report_unknown(const toml::key& key, std::vector<std::string> names) const;
};

written_value written(const toml::node& node);

template <class Target>
void toml_section::read(const key_table<Target>& keys, Target& target,
                        const std::vector<std::string>& nested) const {
  for (const auto& [key, node] : table) {
    auto found = std::ranges::find(keys, key.str(), &configuration_key<Target>::name);
    if (found != keys.end()) {
      auto at = path_of(key.str());
      draft.set(*found, target, at, at, written(node), place_of(node));
    } else if (std::ranges::find(nested, key.str()) == nested.end()) {
      auto names = names_of(keys);
      names.insert(names.end(), nested.begin(), nested.end());
      report_unknown(key, std::move(names));
    }
  }
}

template <class Read>
void toml_section::read_tables(std::string_view key, Read read_one) const {
  auto node = table.get(key);
  if (!node)
    return;
  draft.places.insert_or_assign(path_of(key), place_of(*node));
  auto array = node->as_array();
  if (!array)
    return report_no_array(*node, key);
  std::size_t index = 0;
  for (const auto& element : *array) {
    if (auto entry = element.as_table())
      read_one(toml_section{draft, *entry, path_of(key) + '.' + std::to_string(index), document});
    else
      report_no_table(element, key);
    ++index;
  }
}

} // namespace xylem
