#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace xylem::bench {

struct crowd_options {
  std::string gateway = "127.0.0.1:7655";
  std::string pki;                ///< folder with `ca.pem`, NAME.pem and NAME.key
  std::vector<std::string> names; ///< one a follower
  double duration_s = 60;         ///< ends then, or with SIGTERM
};

/// Followers on one thread, for which a gate works as for any other: they say and check all that
/// monitor §1 to §4 ask for, but tell nobody what they hear. So the work of machines elsewhere
/// takes little of this one. Says `ready` on standard error when all of them follow.
boost::json::object run_crowd(const crowd_options& options);

} // namespace xylem::bench
