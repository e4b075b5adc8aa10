#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace xylem {

/// `name="value"`, escaped.
std::string metric_label(std::string_view name, std::string_view value);

/// Both, with a comma between them if neither is empty.
std::string joined_labels(std::string_view labels, std::string_view more);

/// The shortest text that is the same number again; `+Inf`, `-Inf`, `NaN`.
std::string metric_number(double value);
std::string metric_number(const boost::json::value& number);

/// Writes Prometheus text, version 0.0.4: HELP and TYPE once before the samples of a metric, and
/// only if there is one. The samples of a metric have to follow each other.
class prometheus_writer {
public:
  /// Samples from here on are of this metric. The texts live until the next call.
  void metric(std::string_view name, std::string_view type, std::string_view help);

  void sample(std::string_view labels, std::string_view value, std::string_view suffix = "");

  std::string take() { return std::move(out_); }

private:
  std::string out_;
  std::string name_;
  std::string_view type_;
  std::string_view help_;
  bool begun_ = false; // has its HELP and TYPE
};

} // namespace xylem
