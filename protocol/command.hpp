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

/// The data of the event that tells that a command was accepted: its kind in one byte, and its
/// message.
small_bytes content_of(const command& what);

/// The reverse; nothing when the event is another one, or broken.
std::optional<command> accepted_command(const event& what);

} // namespace xylem
