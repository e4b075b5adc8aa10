#pragma once

#include <cstdint>
#include <string_view>

namespace xylem {

/// Everything a client's request can fail with; the text is on the wire (wire §4, `F` reply).
enum class failure : std::uint8_t {
  node_not_found,
  data_type_not_found,
  mixed_data_lengths,
  no_serial_connection,
  message_too_long,
  queue_full,
  unknown_command,
  timeout,
  too_many_clients,
  not_available, ///< an actor behind the request was restarted before it could answer
};

std::string_view to_string(failure reason) noexcept;

} // namespace xylem
