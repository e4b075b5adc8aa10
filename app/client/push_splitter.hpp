#pragma once

#include "protocol/data_type.hpp"

namespace xylem::client {

/// What a root's message or request is for a listening client (wire §4).
struct push {
  std::string type; ///< `[MSG]`, `[REQ]`, `[RST]`, …; empty: more bytes of the push before
  node_address node;
  bytes payload; ///< of `[MSG]` without its length byte

  bool operator==(const push&) const = default;
};

/// Splits what a listening connection carries into pushes, as well as the format allows: only
/// `[MSG]` says its length, every other push ends with the chunk. The gateway writes each push at
/// once, so a chunk of a reader that keeps up is one push; who needs certainty watches instead.
class push_splitter {
public:
  /// `request_address`: as the gateway's setting of that name (wire §4).
  explicit push_splitter(byte_order request_address = byte_order::little)
      : request_address_{request_address} {}

  /// The pushes that are complete with this chunk. What is kept for the next one is shorter
  /// than one `[MSG]`.
  std::vector<push> feed(bytes_view chunk);

private:
  std::optional<push> take_push(byte_reader& in) const;

  byte_order request_address_;
  bytes open_;
};

} // namespace xylem::client
