#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>

namespace xylem::bench {

struct follow_options {
  std::string gateway = "127.0.0.1:7655";
  std::string pki;         ///< folder with `ca.pem`, NAME.pem and NAME.key
  std::string name;
  std::uint32_t count = 0; ///< ends when so many marked messages have come; 0: with SIGTERM
  double duration_s = 60;  ///< ends then in any case
};

/// A monitor in this process: how late marked messages are in its callback, and how many events
/// came at once. Says `ready` on standard error when it follows.
boost::json::object run_follow(const follow_options& options);

} // namespace xylem::bench
