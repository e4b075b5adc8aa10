#pragma once

#include "protocol/node.hpp"
#include "protocol/small_bytes.hpp"
#include "protocol/time.hpp"

#include <string_view>

namespace xylem {

/// The position of a mesh in the configuration, 0-based; names are shown, numbers travel.
struct mesh_index {
  std::uint16_t value = 0;

  auto operator<=>(const mesh_index&) const = default;
};

/// Numbers a command of one gateway process, from 1 upwards; the same on every API.
struct command_id {
  std::uint64_t value = 0;

  auto operator<=>(const command_id&) const = default;
};

enum class command_state : std::uint8_t {
  accepted, ///< waits for the link or its turn
  written,  ///< every byte of its frame went to the port
  expired,  ///< its deadline passed before it was written
  failed,   ///< will never be written; the reason is told
  unknown,  ///< reserved: its ledger is gone and could not be restored
};

enum class link_state : std::uint8_t {
  down,   ///< the port is not open
  up,     ///< frames are being decoded
  silent, ///< the port is open, no frame for `silent_after`
  noisy,  ///< more bytes are rejected than handled
};

enum class event_kind : std::uint8_t {
  reading,        ///< code = data type, data = the bytes, state = 1 on the first of a frame,
                  ///< id = its seq in its mesh, 0 when it was not kept
  message,        ///< code = the root's message type, data = its payload verbatim
  request,        ///< as message, from a node that wants an answer
  node_heard,     ///< INTERNAL, up to the node cache: a frame without content, state = 1: malformed
  node_joined,    ///< first seen or uuid learnt; data = uuid or empty, state = node_status
  node_changed,   ///< state = node_status
  link_changed,   ///< state = link_state, data = reason
  root_restarted, ///< code, data = the root's message
  root_log,       ///< data = one line of text
  command,        ///< state = command_state, id = command_id, data = reason; of an accepted one
                  ///< its content: accepted_command()
  incident,       ///< data = description
  gap,            ///< events were lost before this one: gap_of()
};

std::string_view to_string(command_state state) noexcept;
std::string_view to_string(link_state state) noexcept;
std::string_view to_string(event_kind kind) noexcept;

/// What happened, in the form in which it travels from the network manager through the node
/// cache and the event hub to every subscriber. `seq` is 0 until the hub has numbered it.
struct event {
  std::uint64_t seq = 0;
  wall_time time{};
  std::uint64_t id = 0;
  mesh_index mesh{};
  node_address node{};
  type_code code{};
  event_kind kind = event_kind::reading;
  std::uint8_t state = 0;
  small_bytes data{};

  bool operator==(const event&) const = default;
};

/// What people read of it: `data`, but for the length that a `[M]` begins with (wire §2), and for
/// the content of a command.
bytes_view readable_part(const event& what) noexcept;

/// Where a subscriber stands: events of another epoch cannot be compared.
struct cursor {
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0; ///< the last event that was seen

  bool operator==(const cursor&) const = default;
};

} // namespace xylem
