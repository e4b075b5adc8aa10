#pragma once

#include "protocol/monitor_messages.hpp"

#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/sec.hpp>

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
  std::string encoded;
  if constexpr (Inspector::reads_state) {
    encoded = encode(what);
    return f(caf::meta::type_name("message"), encoded);
  } else {
    auto load = [&]() -> caf::error {
      auto decoded = decode<Message>(encoded);
      if (!decoded)
        return caf::sec::unknown_type;
      what = *std::move(decoded);
      return caf::none;
    };
    return f(caf::meta::type_name("message"), encoded, caf::meta::load_callback(load));
  }
}

} // namespace xylem
