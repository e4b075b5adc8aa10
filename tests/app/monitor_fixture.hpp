#pragma once

#include "app/monitor/gateway_teller.hpp"
#include "protocol/event_ring.hpp"

namespace xylem::testing {

/// 2023-11-14T22:13:20Z
inline constexpr wall_time monitor_time{std::chrono::milliseconds{1'700'000'000'000}};

/// A gateway `north` with the mesh `field`, and what it tells.
struct told_gateway {
  explicit told_gateway(std::string name = "north") {
    status.name = std::move(name);
    status.state = following_state::following;
    status.meshes = {{.name = "field", .link = link_state::up}};
  }

  /// A reading that has one byte, of type TMP, in degrees.
  static event reading(std::uint64_t seq, unsigned node = 5, unsigned char value = 23) {
    std::byte data{value};
    return {.seq = seq,
            .time = monitor_time,
            .id = seq,
            .mesh = {0},
            .node = node_address{static_cast<std::uint16_t>(node)},
            .code = type_code{"TMP"},
            .kind = event_kind::reading,
            .data = small_bytes{{&data, 1}}};
  }

  static event incident(std::uint64_t seq, std::string_view text) {
    return {.seq = seq,
            .time = monitor_time,
            .kind = event_kind::incident,
            .data = small_bytes{view_of(text)}};
  }

  /// Readings `from` to `to` of epoch 7.
  static event_page page(std::uint64_t from, std::uint64_t to) {
    event_page made{.reached = {7, to}, .newest = {7, to}};
    for (auto seq = from; seq <= to; ++seq)
      made.events.push_back(reading(seq));
    return made;
  }

  void declare_tmp() { status.meshes[0].types = {{type_code{"TMP"}, {{.name = "celsius"}}}}; }

  following_status status;
};

} // namespace xylem::testing
