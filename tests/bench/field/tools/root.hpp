#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace xylem::bench {

enum class root_traffic : std::uint8_t {
  none,
  updates,  ///< of all nodes in turn
  messages, ///< with a marker, which the gateway pushes to its listeners
  unplugs,  ///< a message after each time the port is back
};

std::optional<root_traffic> parse_root_traffic(const std::string& text);

struct root_options {
  std::string link; ///< leads to the terminal
  /// The gateway's client socket: it proves that all was handled. Empty: another program reads.
  std::string gateway;
  std::string web; ///< its web port
  std::uint16_t nodes = 16;
  std::vector<std::string> types{"GPS"};
  std::size_t value_size = 6;
  std::size_t readings = 1; ///< of each node and type, before the traffic
  root_traffic traffic = root_traffic::none;
  double rate = 0;                  ///< frames a second; 0: as fast as the port takes them
  std::size_t frames_per_write = 1; ///< of updates as fast as the port takes them
  double duration_s = 0;
  std::uint64_t count = 0; ///< the traffic ends then or after the time, whichever is given
  std::uint64_t message_every = 0; ///< of updates at a rate: each so-many-th is a message; 0: none
  std::size_t message_size = 64;
  double settle_s = 0.2; ///< before the traffic
  bool stays = false;    ///< keeps the port until it is told to stop
};

/// A simulated root on a pseudo terminal. Says `ready` on standard error when its nodes are known.
boost::json::object run_root(const root_options& options);

} // namespace xylem::bench
