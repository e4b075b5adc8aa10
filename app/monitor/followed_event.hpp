#pragma once

#include "actors/remote/monitor_observer.hpp"
#include "protocol/data_type.hpp"

#include <functional>
#include <span>

namespace xylem {

/// An event of a gateway elsewhere, with the numbers that it has there. Lives as long as the call
/// that tells it.
struct followed_event {
  std::string_view gateway; ///< its name
  std::string_view mesh;    ///< `north/field`; of a gap, the gateway
  const event& what;
  cursor reached; ///< who has handled it goes on from here
  const data_type_registry& types;

  /// `longitude=8.40444 latitude=49.01409`, or the bytes as hex; of what is no reading, its text.
  std::string text() const;

  /// A field of a reading as a number; nothing when there is none of this name.
  std::optional<double> number(std::string_view field) const;

  /// At the end of `out`, what a WebSocket gets of it (web §3.3), with `gateway` as its first
  /// member.
  void append_json(std::string& out) const;
};

/// How it stands with a gateway, whenever that has changed: with itself or with one of its meshes.
struct gateway_change {
  std::string_view gateway; ///< its name; where it is, as long as that is not known
  std::size_t position = 0; ///< in the settings
  following_state state = following_state::connecting;
  std::string_view reason;             ///< why it is not followed
  std::span<const remote_mesh> meshes; ///< as they are called there

  bool is_followed() const noexcept { return state == following_state::following; }
};

/// What came at once has been told.
struct gateway_progress {
  std::string_view gateway;
  cursor reached; ///< everything up to here
  cursor newest;  ///< what there is
};

/// Whom a monitor tells. All but `change` may throw: then the connection to this gateway ends, and
/// the next one goes on behind the last event whose call returned.
struct monitor_callbacks {
  std::function<void(const followed_event&)> event{};
  std::function<void(const gateway_change&)> change{};
  std::function<void(const gateway_progress&)> progress{};
};

} // namespace xylem
