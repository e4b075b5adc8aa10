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

} // namespace xylem
