#pragma once

#include "actors/settings.hpp"
#include "protocol/monitor_messages.hpp"

namespace xylem {

/// What a gateway tells its gate to be (monitor §6, `configure`).
struct gate_configuration {
  std::string name{}; ///< empty: that of the certificate
  instance_id instance{};
  endpoint listen{};
  std::string authority{};   ///< PEM file
  std::string certificate{}; ///< PEM file
  std::string key{};         ///< PEM file
  std::size_t connections = limits::monitor_connections;
  std::vector<allowed_monitor> allow{};

  bool operator==(const gate_configuration&) const = default;
};

gate_configuration gate_configuration_of(const monitor_settings& settings, instance_id instance);

/// The body of the frame: JSON.
std::string to_text(const gate_configuration& what);

/// The inverse; nothing for what it does not make.
std::optional<gate_configuration> parse_gate_configuration(std::string_view text);

} // namespace xylem
