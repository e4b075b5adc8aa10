#pragma once

#include "session.hpp"

namespace xylem::bench {

/// Whom a tool talks to.
struct served_address {
  std::string name;
  std::string protocol;
  std::string address;
  pid_t pid = 0;
};

/// A server on a port of 127.0.0.1, on the servers' core.
struct running_server {
  std::string name;     ///< whose figures these are
  std::string protocol; ///< as the tools call it
  std::string address;
  child_process process;

  pid_t pid() const { return process.pid(); }
  operator served_address() const { return {name, protocol, address, process.pid()}; }
};

/// All wait until the server listens, and throw when it does not, not_installed when it is not
/// there. Brokers and caches run without storage, in their plain configuration otherwise.
running_server start_echo(session& run);
running_server start_redis(session& run);
running_server start_mosquitto(session& run);

/// From a terminal to one TCP client.
running_server start_socat(session& run, const std::string& device);
running_server start_ser2net(session& run, const std::string& device);

/// The gateway, and the simulated root that it reads.
struct running_gateway {
  std::string link; ///< to the root's terminal
  running_server server;
  std::string web; ///< address of its web port
  child_process root;

  /// Its web port, where `protocol` is spoken.
  served_address on_web(const std::string& protocol) const {
    return {"xylem, " + protocol, protocol, web, server.pid()};
  }
};

struct gateway_options {
  std::vector<std::string> sets{}; ///< `mesh.history_depth=10`
  std::vector<std::string> root{}; ///< options of the root
  std::vector<std::string> arguments{}; ///< further ones of `xylem run`
};

/// Ready when the gateway knows the root's nodes; what else the root does begins then.
running_gateway start_gateway(session& run, const gateway_options& options);

/// The program of a gateway that has ended, at the same addresses, without a root. Does not wait.
running_server start_again(session& run, const running_gateway& was,
                           const std::vector<std::string>& sets);

/// Another root on the link of one that has ended; waits as start_gateway() does.
child_process start_root(session& run, const running_gateway& gateway,
                         const std::vector<std::string>& options, urgency how = urgency::normal);

} // namespace xylem::bench
