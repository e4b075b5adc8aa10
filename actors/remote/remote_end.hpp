#pragma once

#include "protocol/basp_violation.hpp"

#include <optional>
#include <string>

namespace xylem {

/// Why a connection between two nodes ended.
enum class remote_end_kind : std::uint8_t {
  by_us,        ///< close()
  by_peer,      ///< it closed its side
  failed,       ///< the stream did; the text is its error
  violation,    ///< of what may pass
  refused,      ///< by CAF itself, though it had passed
  output_full,  ///< more bytes waited than may
  no_handshake, ///< not in time
  silent,       ///< not a byte for too long
  facade_ended, ///< what was published on this connection
  no_facade,    ///< the peer does not publish what was expected
  replaced,     ///< the same peer has connected again
  too_much,     ///< it sent more than the owner takes
};

std::string_view to_string(remote_end_kind kind) noexcept;

struct remote_end {
  remote_end_kind kind = remote_end_kind::by_us;
  std::string text{};                        ///< more of it, for the log
  std::optional<basp_violation> violation{}; ///< of that kind
};

/// Kind and text.
std::string describe(const remote_end& end);

} // namespace xylem
