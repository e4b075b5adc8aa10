#include "protocol/command.hpp"

namespace xylem {

std::string_view to_string(command_kind kind) noexcept {
  switch (kind) {
  case command_kind::send: return "send";
  case command_kind::broadcast: return "broadcast";
  case command_kind::network_info: return "network_info";
  case command_kind::reset_root: return "reset_root";
  case command_kind::clean: return "clean";
  }
  return "unknown";
}

std::optional<command_kind> parse_command_kind(std::string_view text) {
  using enum command_kind;
  for (auto kind : {send, broadcast, network_info, reset_root, clean})
    if (text == to_string(kind))
      return kind;
  return std::nullopt;
}

small_bytes content_of(const command& what) {
  bytes content{static_cast<std::byte>(what.kind)};
  append(content, bytes_view{what.message});
  return small_bytes{content};
}

std::optional<command> accepted_command(const event& what) {
  auto data = what.data.view();
  if (what.kind != event_kind::command
      || what.state != static_cast<std::uint8_t>(command_state::accepted) || data.empty()
      || data.front() > static_cast<std::byte>(command_kind::clean))
    return std::nullopt;
  return command{.kind = static_cast<command_kind>(data.front()),
                 .node = what.node,
                 .message = copy_of(data.subspan(1))};
}

} // namespace xylem
