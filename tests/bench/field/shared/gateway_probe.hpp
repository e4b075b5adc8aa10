#pragma once

#include "actors/file_descriptor.hpp"
#include "marker.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>

#include <netinet/in.h>
#include <sys/types.h>

namespace xylem::bench {

/// What the gateway's `/api/v1/status` says of its first mesh.
struct gateway_counts {
  std::uint64_t frames = 0;
  std::uint64_t rejects = 0;
  std::uint64_t nodes = 0;
  std::uint64_t readings = 0;
  std::uint64_t evicted = 0;
  pid_t process = 0;
};

/// All that it says of itself, as it is at `web`. Throws when it does not answer.
boost::json::value gateway_status(const std::string& web);

/// A listening connection to the gateway, and its status. Throws when it does not answer.
class gateway_probe {
public:
  /// Of its client socket, and of its web port.
  gateway_probe(const std::string& address, const std::string& web);

  /// When the marker with this number came; nothing: not within `patience_s`. Others are skipped.
  std::optional<std::uint64_t> await(std::uint32_t number, double patience_s);

  gateway_counts counts() const;

private:
  sockaddr_in web_;
  file_descriptor socket_;
  marker_scanner scanner_;
};

} // namespace xylem::bench
