#pragma once

#include "load_client.hpp"

#include <boost/json/object.hpp>

#include <sys/types.h>

namespace xylem::bench {

struct load_options {
  std::string server = "127.0.0.1:5001";
  asked_protocol protocol = asked_protocol::xylem;
  connection_use use = connection_use::kept;
  known_readings readings;
  std::size_t clients = 8;
  std::size_t depth = 1;
  std::size_t idle = 0; ///< further connections that say nothing
  double rate = 0;      ///< of all clients, requests a second; 0: as fast as replies come
  double warm_up_s = 0.5;
  double duration_s = 5;
  pid_t process = 0; ///< the server's, whose CPU time is told; 0: unknown
};

/// With a rate, latency is the server's alone: from just before the request was sent until the
/// reply was, as the kernel stamps it (`arrivals` is `kernel`). Whatever this program itself is
/// late by does not count; what the server makes the next request wait does.
/// Asks in one thread, and tells rate, latency, errors and what the server used.
boost::json::object run_load(const load_options& options);

} // namespace xylem::bench
