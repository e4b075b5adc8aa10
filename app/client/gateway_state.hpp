#pragma once

#include "app/client/connection.hpp"
#include "protocol/data_type.hpp"

namespace xylem::client {

/// What connection::nodes() tells of a node. Status is text: a newer gateway may know others.
struct node_info {
  node_address address;
  std::string uuid; ///< hex, or empty
  std::string name;
  std::string status; ///< `active`, `idle`, `disconnected`
  bool heard = true;  ///< false: known from before the gateway's start, silent since
  std::optional<wall_time> first_heard;
  std::optional<wall_time> last_heard;
  std::uint64_t frames = 0;
  std::uint64_t readings = 0;
  std::uint64_t messages = 0;
  std::uint64_t requests = 0;
  std::uint64_t malformed = 0;
  std::vector<std::string> types;
};

result<std::vector<node_info>> parse_nodes(std::string_view json);

/// One line of an event_stream. Members that do not apply are empty.
struct gateway_event {
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;
  std::optional<wall_time> time;
  std::string mesh;
  std::string kind; ///< `reading`, `message`, `request`, `node_joined`, …
  std::optional<node_address> node;
  std::string type;
  bytes data;
  std::string text;                 ///< of a message, log line or reason, unprintable bytes escaped
  std::vector<decoded_field> value; ///< of a reading with a known type
  std::string state;                ///< of a node, link or command
  std::uint64_t id = 0;             ///< of a command
  std::uint64_t count = 0;          ///< of a gap: events that were lost
};

result<gateway_event> parse_event(std::string_view line);

/// The reply of `NSTAT`.
result<std::vector<node_activity>> parse_node_status(std::string_view json);

/// The data types of the mesh whose clients connect to `where`, out of connection::status(); the
/// predefined ones when the document says nothing.
data_type_registry parse_data_types(std::string_view status_json, const endpoint& where);

} // namespace xylem::client
