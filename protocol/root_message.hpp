#pragma once

#include "protocol/data_type.hpp"
#include "protocol/event.hpp"

namespace xylem {

enum class root_message_kind : std::uint8_t {
  data,           ///< readings
  message,        ///< for the clients; also every type nobody knows
  request,        ///< a node asks the clients
  snapshot,       ///< known nodes
  node_joined,    ///< uuid is in nodes[0]
  root_restarted,
  root_log,       ///< payload is text
  malformed,      ///< error says why; nothing else is valid but the node
};

struct reading_view {
  type_code code;
  bytes_view data;
};

struct known_node {
  node_address address;
  node_uuid uuid;
};

/// What a root's frame says, in the terms of no dialect. Reused from frame to frame so that
/// parsing allocates nothing; its views point into the frame.
struct root_message {
  root_message_kind kind = root_message_kind::malformed;
  node_address node;
  type_code code;     ///< the message type of the wire, for message, request, root_restarted
  bytes_view payload; ///< what follows the type, verbatim
  std::vector<reading_view> readings;
  std::vector<known_node> nodes;
  std::string_view error; ///< a literal
};

} // namespace xylem
