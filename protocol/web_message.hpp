#pragma once

#include "protocol/access.hpp"
#include "protocol/command.hpp"
#include "protocol/problem.hpp"
#include "protocol/subscriber_filter.hpp"
#include "protocol/subscriber_queue.hpp"

#include <boost/json/value.hpp>

#include <span>
#include <variant>

namespace xylem {

struct subscribe_request {
  subscriber_filter filter{};
  subscriber_policy policy = subscriber_policy::drop_oldest;
  std::optional<cursor> from{};
  std::optional<bool> snapshot{}; ///< nothing: when there is no cursor, and after a gap

  bool operator==(const subscribe_request&) const = default;
};

struct unsubscribe_request {
  bool operator==(const unsubscribe_request&) const = default;
};

struct ping_request {
  bool operator==(const ping_request&) const = default;
};

struct command_request {
  mesh_index mesh{};
  command what{};

  bool operator==(const command_request&) const = default;
};

/// What a client of the WebSocket wants (web §3.2).
using web_message
  = std::variant<subscribe_request, unsubscribe_request, command_request, ping_request>;

/// `id` is null when there was none, or none that can be sent back.
struct parsed_web_message {
  boost::json::value id{};
  std::variant<web_message, problem> content{problem{}};
};

/// Bounded in depth and size; `meshes` are the names in the order of their index.
parsed_web_message parse_web_message(std::string_view text, std::span<const std::string> meshes);

/// The body of `POST …/commands` (web §1.3).
std::variant<command, problem> parse_command_body(std::string_view text);

/// What a command needs.
access_scope scope_of(command_kind kind) noexcept;

} // namespace xylem
