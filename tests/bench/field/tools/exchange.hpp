#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace xylem::bench {

/// Who is asked for the latest reading of a node.
enum class asked_protocol : std::uint8_t {
  xylem, ///< `[GET]` of the classic dialect (wire §4)
  http,  ///< `GET /api/v1/meshes/default/nodes/N/readings/T` (web §1)
  redis, ///< `GET node:ADDRESS`
  echo,  ///< the bytes of xylem's request come back
};

std::optional<asked_protocol> parse_asked_protocol(const std::string& text);

/// A request and the one right reply; over HTTP what its content must have, for the rest differs
/// from time to time.
struct exchange {
  std::string request;
  std::string reply;
};

/// What nodes have measured, as root_frames.hpp makes it.
struct known_readings {
  std::uint16_t nodes = 16; ///< 1 to this
  std::string type = "GPS";
  std::size_t size = 6;
};

/// One for each node.
std::vector<exchange> make_exchanges(asked_protocol protocol, const known_readings& readings);

/// Stores the readings in a redis.
void preload_redis(const std::string& server, const known_readings& readings);

} // namespace xylem::bench
