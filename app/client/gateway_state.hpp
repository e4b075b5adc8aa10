#pragma once

#include "app/client/connection.hpp"
#include "app/client/json_view.hpp"
#include "protocol/data_type.hpp"

#include <boost/json/array.hpp>

namespace xylem::client {

/// A node (web §1.1). Status is text: a newer gateway may know others.
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

result<std::vector<node_info>> parse_nodes(const boost::json::array& nodes);

/// A reading (web §1.1). Members that do not apply are empty.
struct reading_info {
  node_address node;
  std::string type;
  std::uint64_t seq = 0;
  std::optional<wall_time> time;
  std::optional<std::chrono::milliseconds> age; ///< by the gateway's clock
  bytes data;
  std::vector<decoded_field> value; ///< when the type is known
};

result<reading_info> parse_reading(json_view reading);
result<std::vector<reading_info>> parse_readings(const boost::json::array& readings);

/// What one field was in a step (web §1.5); nothing where JSON has null.
struct field_summary_info {
  std::string name;
  std::uint64_t count = 0;
  std::optional<double> min;
  std::optional<double> max;
  std::optional<double> mean;
  std::optional<double> last;
};

/// The readings of one step.
struct bucket_info {
  std::optional<wall_time> time; ///< when the step begins
  std::uint64_t count = 0;
  std::vector<field_summary_info> fields;
};

std::vector<bucket_info> parse_buckets(const boost::json::array& buckets);

/// A command (web §1.1); `error` says why it failed.
struct command_info {
  std::uint64_t id = 0;
  std::string state; ///< `accepted`, `written`, `expired`, `failed`, `unknown`
  std::optional<wall_time> accepted;
  std::optional<wall_time> deadline;
  std::string error;
};

result<command_info> parse_command(json_view command);

/// An event (web §3.3). Members that do not apply are empty.
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

gateway_event parse_event(json_view event);

/// The reply of `NSTAT` (wire §4).
result<std::vector<node_activity>> parse_node_status(std::string_view json);

} // namespace xylem::client
