#pragma once

#include <boost/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace xylem::testing {

/// tests/data/status.json: a status document with every member.
boost::json::object full_status();

struct metric_sample {
  std::string name{};
  std::string labels{}; ///< as written, without braces
  std::string value{};

  std::string series() const { return labels.empty() ? name : name + "{" + labels + "}"; }
};

struct metric {
  std::string name{};
  std::string help{};
  std::string type{};
  std::vector<metric_sample> samples{};
};

/// Reads Prometheus text. Whatever is not HELP, TYPE or a sample of the metric above it is a
/// failure of the test.
std::vector<metric> metrics_in(std::string_view text);

/// The value of a series as written; empty when it is not there.
std::string value_of(std::string_view text, std::string_view series);

} // namespace xylem::testing
