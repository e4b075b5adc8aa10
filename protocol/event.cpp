#include "protocol/event.hpp"

namespace xylem {

std::string_view to_string(command_state state) noexcept {
  switch (state) {
    case command_state::accepted: return "accepted";
    case command_state::written: return "written";
    case command_state::expired: return "expired";
    case command_state::failed: return "failed";
    case command_state::unknown: return "unknown";
  }
  return "unknown";
}

std::string_view to_string(link_state state) noexcept {
  switch (state) {
    case link_state::down: return "down";
    case link_state::up: return "up";
    case link_state::silent: return "silent";
    case link_state::noisy: return "noisy";
  }
  return "unknown";
}

std::string_view to_string(event_kind kind) noexcept {
  switch (kind) {
    case event_kind::reading: return "reading";
    case event_kind::message: return "message";
    case event_kind::request: return "request";
    case event_kind::node_heard: return "node_heard";
    case event_kind::node_joined: return "node_joined";
    case event_kind::node_changed: return "node_changed";
    case event_kind::link_changed: return "link_changed";
    case event_kind::root_restarted: return "root_restarted";
    case event_kind::root_log: return "root_log";
    case event_kind::command: return "command";
    case event_kind::incident: return "incident";
    case event_kind::gap: return "gap";
  }
  return "unknown";
}

bytes_view readable_part(const event& what) noexcept {
  static const type_code sized{std::string_view{"[M]"}}; // constexpr: clang 14 cannot
  auto data = what.data.view();
  if (what.kind == event_kind::command
      && what.state == static_cast<std::uint8_t>(command_state::accepted))
    return {};
  return what.code == sized && !data.empty() ? data.subspan(1) : data;
}

} // namespace xylem
