#pragma once

#include "push_protocol.hpp"

#include <boost/json/object.hpp>

namespace xylem::bench {

struct publish_options {
  std::string server;
  push_protocol protocol = push_protocol::mqtt;
  double rate = 20; ///< messages a second; 0: as fast as the server takes them
  std::uint32_t count = 100;
  std::size_t message_size = 64;
};

/// Publishes marked messages: to brokers what the root's messages are to the gateway.
boost::json::object run_publish(const publish_options& options);

} // namespace xylem::bench
