#pragma once

#include "app/config/written_value.hpp"

#include "actors/settings.hpp"

#include <functional>

namespace xylem {

/// A mesh while its settings are collected.
struct mesh_draft : mesh_settings {
  bool insecure = false; ///< `listen` may be reached from other machines
};

/// The web port while its settings are collected.
struct web_draft : web_settings {
  bool insecure = false; ///< `listen` may be reached from other machines without TLS and tokens
};

/// All there is to know about one key: reading, messages, suggestions, the environment and
/// deploy/xylem.toml come from here. Its default is that of a `Target` made without arguments.
template <class Target>
struct configuration_key {
  std::string name;
  std::string expected;             ///< type, range and unit: `1 to 256 commands`
  std::string doc;                  ///< one line
  std::string examples;             ///< how it is spelled, when that is not obvious
  std::vector<std::string> choices; ///< every value, when they can be listed

  /// False: the value is not what is expected, and the target is as it was.
  std::function<bool(Target&, const written_value&)> set;

  /// As it stands in a file.
  std::function<std::string(const Target&)> show;
};

template <class Target>
using key_table = std::vector<configuration_key<Target>>;

const key_table<gateway_settings>& top_level_keys();
const key_table<event_settings>& event_keys();
const key_table<web_draft>& web_keys();
const key_table<recorder_settings>& recorder_keys();
const key_table<monitor_settings>& monitor_keys();
const key_table<allowed_monitor>& allowed_monitor_keys();
const key_table<followed_gateway>& followed_gateway_keys();
const key_table<log_settings>& log_keys();
const key_table<mesh_draft>& mesh_keys();
const key_table<data_type>& data_type_keys();
const key_table<data_field>& data_field_keys();

template <class Target>
std::vector<std::string> names_of(const key_table<Target>& keys) {
  std::vector<std::string> names;
  for (const auto& key : keys)
    names.push_back(key.name);
  return names;
}

} // namespace xylem
