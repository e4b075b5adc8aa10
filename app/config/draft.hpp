#pragma once

#include "app/config/keys.hpp"

#include <map>
#include <set>

namespace xylem {

/// Problems that are told; a file with more is not a configuration.
inline constexpr std::size_t most_problems = 100;

/// What is collected while a configuration is read: settings, where each key was set, and
/// everything that is wrong.
struct configuration_draft {
  gateway_settings gateway; ///< but for its meshes and the web port
  web_draft web;
  std::vector<mesh_draft> meshes;
  std::map<std::string, source_place, std::less<>> places; ///< by path: `mesh.1.baud`, `mesh.1`
  std::set<std::string, std::less<>> unusable;             ///< paths whose value was refused
  std::vector<configuration_problem> problems;

  void report(const source_place& where, std::string key, std::string message,
              std::string suggestion = {});

  /// Where the key was set, else where its table begins, else nowhere.
  source_place place_of(std::string_view path) const;

  bool usable(std::string_view path) const { return !unusable.contains(path); }

  /// Sets one key of `target`, or reports why it cannot be. `shown` names it to the user.
  template <class Target>
  void set(const configuration_key<Target>& key, Target& target, const std::string& path,
           const std::string& shown, const written_value& value, const source_place& where) {
    places.insert_or_assign(path, where);
    if (key.set(target, value))
      unusable.erase(path);
    else
      refuse(path, shown, where, value, key.expected, key.examples, key.choices);
  }

private:
  void refuse(const std::string& path, const std::string& shown, const source_place& where,
              const written_value& value, const std::string& expected, const std::string& examples,
              std::span<const std::string> choices);
};

/// `mesh` for the first one, `mesh.1` for the next.
std::string mesh_path(std::size_t index);

/// `gateway`, `gateway.1`.
std::string gateway_path(std::size_t index);

/// A path's table and its last part.
std::pair<std::string_view, std::string_view> split_path(std::string_view path);

/// Every section that has keys, by name; the top level is the empty one.
std::map<std::string, std::vector<std::string>> known_keys();

/// The other section of `known_keys()` that has this key: `"level" in [log]`.
std::string key_elsewhere(std::string_view name);

} // namespace xylem
