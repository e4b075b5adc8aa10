#pragma once

#include "actors/remote/encoded_inspect.hpp"
#include "protocol/monitor_messages.hpp"

#include <concepts>

/// How CAF carries the messages of monitor §3: as one string, their encoding.
namespace xylem {

template <class T, class... Ts>
concept one_of = (std::same_as<T, Ts> || ...);

/// A message that leaves the process.
template <class T>
concept remote_message
  = one_of<T, monitor_hello, gateway_hello, monitor_subscription, subscription_answer,
           credit_grant, event_page, nodes_query, nodes_page, report_query, report,
           remote_command, remote_command_query, remote_command_answer, ping, pong>;

template <class Inspector, remote_message Message>
typename Inspector::result_type inspect(Inspector& f, Message& what) {
  return inspect_encoded(f, what);
}

} // namespace xylem
