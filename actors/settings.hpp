#pragma once

#include "protocol/data_type.hpp"
#include "protocol/dialect.hpp"
#include "protocol/limits.hpp"
#include "protocol/monitor_access.hpp"
#include "protocol/transmit_scheduler.hpp"

#include <chrono>
#include <deque>
#include <string>
#include <vector>

namespace xylem {

using std::chrono::milliseconds;

enum class flow_control : std::uint8_t { none, hardware, software };

/// What the modem lines do when the port is opened: many ESP32 boards reset on them.
enum class modem_lines : std::uint8_t {
  keep,    ///< as the driver sets them on open
  release, ///< DTR and RTS are cleared at once
  set,     ///< DTR and RTS are set
};

struct endpoint {
  std::string host;
  std::uint16_t port = 0; ///< 0: the system chooses

  bool operator==(const endpoint&) const = default;
};

/// One root on one port. Defaults are those of deploy/xylem.toml.
struct mesh_settings {
  std::string name = "default";

  bool remote = false; ///< it is followed: its events come from elsewhere, nothing is derived
  std::string serial;  ///< a device, a glob, or tcp://host:port
  std::uint32_t baud = 115'200;
  flow_control flow = flow_control::none;
  modem_lines modem = modem_lines::keep;
  std::string dialect = "classic";
  byte_order request_address = byte_order::little;
  std::size_t max_frame = limits::max_frame;

  transmit_profile transmit = transmit_profile::gap;
  std::size_t transmit_queue_commands = limits::transmit_queue_commands;
  std::size_t transmit_queue_bytes = limits::transmit_queue_bytes;
  milliseconds command_ttl{10'000};

  endpoint listen{"127.0.0.1", 5001};
  std::size_t clients = limits::clients;
  std::size_t listener_queue_pushes = limits::listener_queue_pushes;
  std::size_t listener_queue_bytes = limits::listener_queue_bytes;
  milliseconds idle_timeout{60'000}; ///< 0: never
  milliseconds request_timeout{5'000};

  milliseconds idle_after{60'000};
  milliseconds disconnected_after{180'000};
  milliseconds silent_after{180'000}; ///< no frame for this long: the link is silent
  std::size_t history_depth = limits::history_depth;
  std::size_t cache_bytes = limits::cache_bytes;
  std::size_t capture_bytes = limits::capture_bytes; ///< 0: nothing is captured
  std::vector<data_type> data_types;

  /// The predefined types and those of this mesh.
  data_type_registry registry() const {
    data_type_registry types;
    for (const auto& type : data_types)
      types.declare(type);
    return types;
  }
};

struct event_settings {
  std::size_t ring_events = limits::event_ring_events;
  std::size_t ring_bytes = limits::event_ring_bytes;
};

/// The HTTP port of the gateway (web §2, §5).
struct web_settings {
  bool enabled = true;
  bool page = true; ///< for browsers; without it only what is for programs. No key of a file
  endpoint listen{"127.0.0.1", 7654};
  std::string certificate; ///< PEM file, a chain; with `key`: TLS
  std::string key;         ///< PEM file
  std::string tokens;      ///< file; empty: `tokens.json` in the state_dir, or none
  std::vector<std::string> origins;
  std::size_t connections = limits::web_connections;
};

/// What this node is to others: who it is, and who may follow it (monitor §1).
struct monitor_settings {
  std::string name = {};   ///< empty: that of the certificate
  std::string authority;   ///< PEM file
  std::string certificate; ///< PEM file
  std::string key;         ///< PEM file, 0600
  endpoint listen{};       ///< no host: nobody follows
  std::vector<allowed_monitor> allow;
  std::size_t connections = limits::monitor_connections;

  bool is_followed() const noexcept { return !listen.host.empty(); }
};

/// A gateway that this node follows.
struct followed_gateway {
  std::string name; ///< that its certificate must have; empty: any, and that becomes its name
  endpoint address{};

  bool operator==(const followed_gateway&) const = default;
};

/// Its name, or where it is.
inline std::string to_text(const followed_gateway& which) {
  const auto& [host, port] = which.address;
  return which.name.empty() ? host + ":" + std::to_string(port) : which.name;
}

/// What outlives a restart, in the state_dir (record §1, §2).
struct recorder_settings {
  bool enabled = true; ///< when there is a state_dir
  bool sync = true;    ///< a commit survives a power cut, not only the end of the process
  milliseconds max_age = std::chrono::hours{24 * 400};
  milliseconds max_log_age = std::chrono::hours{24 * 7};
  std::uint64_t max_bytes = limits::record_bytes;
  std::uint64_t max_bytes_per_day = 0; ///< 0: no bound
  milliseconds snapshot_period{60'000};
  std::string journal = "/dev/shm"; ///< folder in memory; empty: no crash journal
};

enum class log_format : std::uint8_t { logfmt, json };
enum class log_level : std::uint8_t { debug, info, warning, error };

struct log_settings {
  log_level level = log_level::info;
  log_format format = log_format::logfmt;
};

struct gateway_settings {
  std::string state_dir;
  std::deque<mesh_settings> meshes; ///< those that are followed come later, and stay where they are
  std::vector<followed_gateway> gateways;
  event_settings events;
  web_settings web;
  monitor_settings monitor;
  recorder_settings recorder;
  log_settings log;
};

} // namespace xylem
