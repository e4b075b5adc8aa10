#pragma once

#include "protocol/node_table.hpp"

namespace xylem {

/// A node table in virtual time, told what happens in one call each.
class table_fixture {
public:
  static constexpr instant start{mono_time{std::chrono::hours{24}},
                                 wall_time{std::chrono::milliseconds{1'700'000'000'000}}};

  explicit table_fixture(node_table_options options = {}) : table{options} {}

  void pass(std::chrono::milliseconds time) {
    now.mono += time;
    now.wall += time;
  }

  std::vector<event> tell(event what) {
    what.time = now.wall;
    std::vector<event> out;
    table.apply(std::move(what), now.mono, out);
    return out;
  }

  std::vector<event> read(std::uint16_t node, std::string_view code = "T1.",
                          std::string_view hex = "2a", std::uint8_t first = 1) {
    return tell({.node = node_address{node},
                 .code = type_code{code},
                 .kind = event_kind::reading,
                 .state = first,
                 .data = small_bytes{from_hex(hex).value()}});
  }

  std::vector<event> say(std::uint16_t node, event_kind kind, std::uint8_t state = 0) {
    return tell({.node = node_address{node}, .kind = kind, .state = state});
  }

  /// A node with a uuid whose bytes are all `digit`.
  std::vector<event> join(std::uint16_t node, std::uint8_t digit, std::uint8_t spoke) {
    return tell({.node = node_address{node},
                 .kind = event_kind::node_joined,
                 .state = spoke,
                 .data = small_bytes{bytes(16, std::byte{digit})}});
  }

  std::vector<event> snapshot(std::uint16_t node, std::uint8_t digit) {
    return join(node, digit, 0);
  }

  std::vector<event> link(link_state state) {
    return tell({.kind = event_kind::link_changed, .state = static_cast<std::uint8_t>(state)});
  }

  std::vector<event> sweep() {
    std::vector<event> out;
    table.sweep(now, out);
    return out;
  }

  const node& at(std::uint16_t address) const { return *table.find(node_address{address}); }

  node_table table;
  instant now = start;
};

/// `reading 5`, `changed 5 idle`, `joined 5 active aa` (the first byte of its uuid), …
inline std::vector<std::string> in_words(const std::vector<event>& events) {
  std::vector<std::string> out;
  for (const auto& what : events) {
    auto words = std::string{to_string(what.kind)} + " " + std::to_string(what.node.value);
    if (what.kind == event_kind::node_changed || what.kind == event_kind::node_joined)
      words += " " + std::string{to_string(static_cast<node_status>(what.state))};
    if (what.kind == event_kind::node_joined && what.data.size() > 0)
      words += " " + to_hex(what.data.view().first(1));
    out.push_back(std::move(words));
  }
  return out;
}

} // namespace xylem
