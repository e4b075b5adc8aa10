#pragma once

#include <cstdint>
#include <string_view>

namespace xylem {

/// Why a peer's BASP was not let pass (monitor §2).
enum class basp_violation : std::uint8_t {
  malformed_header, ///< unknown operation, or fields that CAF would not write
  payload_too_long, ///< for its operation; nothing of it was kept
  no_handshake,     ///< something else came before it, or one of the wrong side
  second_handshake,
  malformed_handshake,
  other_version, ///< of BASP
  other_application,
  own_node,       ///< says that it is us
  node_connected, ///< says that it is somebody who is connected already
  routed_message,
  named_receiver,   ///< other than the two that CAF asks by itself, or too often
  unknown_receiver, ///< an actor that it was not told of
  unknown_source,   ///< tells the end of an actor that it did not tell of
  too_many_sources,
  stream_message, ///< or flags that no message has on its way
  answer_without_request,
  malformed_message, ///< forwarding stack, several values, or bytes left over
  unknown_type,      ///< exit and link messages among them
  invalid_content,
  malformed_notice, ///< of monitor and down messages
};

std::string_view to_string(basp_violation what) noexcept;

} // namespace xylem
