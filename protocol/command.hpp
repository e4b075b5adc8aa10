#pragma once

#include "protocol/event.hpp"

namespace xylem {

enum class command_kind : std::uint8_t { send, broadcast, network_info, reset_root, clean };

std::string_view to_string(command_kind kind) noexcept;
std::optional<command_kind> parse_command_kind(std::string_view text);

/// What somebody wants the root to do (wire §3).
struct command {
  command_kind kind = command_kind::network_info;
  node_address node{}; ///< of send
  bytes message{};     ///< of send and broadcast

  bool operator==(const command&) const = default;
};

} // namespace xylem
