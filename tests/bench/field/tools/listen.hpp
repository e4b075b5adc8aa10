#pragma once

#include "push_protocol.hpp"

#include <boost/json/object.hpp>

#include <sys/types.h>

namespace xylem::bench {

struct listen_options {
  std::string server = "127.0.0.1:5001";
  push_protocol protocol = push_protocol::xylem;
  std::uint32_t connections = 1;
  std::uint32_t slow = 0;  ///< further ones that never read, and are in no figure
  std::uint32_t count = 0; ///< ends when every connection has so many messages
  double duration_s = 60;  ///< ends then in any case
  double silence_s = 5;    ///< or so long after the last message
  bool kernel_arrivals = false; ///< a message came when the kernel had it, however late it is read
  pid_t process = 0;       ///< the server's, whose CPU time is told
};

/// Listens on many connections in one thread. Says `ready` on standard error when all of them do.
boost::json::object run_listen(const listen_options& options);

} // namespace xylem::bench
