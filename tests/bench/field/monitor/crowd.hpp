#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace xylem::bench {

struct crowd_options {
  std::string gateway = "127.0.0.1:7655";
  std::string pki;                ///< folder with `ca.pem`, NAME.pem and NAME.key
  std::vector<std::string> names; ///< one a follower
  std::uint32_t count = 0; ///< ends when each has so many readings and messages; 0: with SIGTERM
  double duration_s = 60;  ///< ends then in any case
};

/// Followers on one thread, for which a gate works as for any other monitor: so the work of machines
/// elsewhere takes little of this one. Says `ready` on standard error when all of them follow.
/// Throws std::runtime_error when the gate does not let one of them follow.
boost::json::object run_crowd(const crowd_options& options);

} // namespace xylem::bench
