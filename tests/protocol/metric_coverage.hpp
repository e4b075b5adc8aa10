#pragma once

#include "protocol/prometheus.hpp"

#include <boost/json.hpp>

#include <set>
#include <string>
#include <vector>

namespace xylem::testing {

/// Numbers of the status that are no metric, and why; `*` is each place in an array.
inline const std::set<std::string> no_metrics{
    "pid",                                  // the machine knows it
    "events.epoch",                         // names a life of the hub
    "recorder.position.epoch",              // the same
    "recorder.position.seq",                // received less what waits
    "monitor_gate.pid",                     // as that of the gateway
    "monitor_gate.port",                    // configuration
    "gateways.*.epoch",                     // names a life of its hub
    "gateways.*.seq",                       // a place in it
    "incidents.recent.*.id",                // names one
    "meshes.*.nodes.total",                 // the sum of the states
    "meshes.*.clients.listeners_cut",       // in `ended`, too
    "meshes.*.data_types.*.fields.*.scale", // configuration
};

/// The streams of single clients, whose names nobody bounds, are in the sums of `streams`; those of
/// monitors in `monitor_gate.events`.
inline bool is_no_metric(const std::string& path) {
  return no_metrics.contains(path) || path.find("subscribers.*") != std::string::npos
         || path.find("monitor_gate.connections.*") != std::string::npos;
}

struct number_at {
  std::string path;
  boost::json::value* value;
};

inline void collect_numbers(boost::json::value& at, const std::string& path,
                            std::vector<number_at>& into) {
  auto below = [&](std::string_view name) {
    return path.empty() ? std::string{name} : path + "." + std::string{name};
  };
  if (at.is_number())
    into.push_back({path, &at});
  if (at.is_array())
    for (auto& each : at.get_array())
      collect_numbers(each, below("*"), into);
  if (at.is_object())
    for (auto& member : at.get_object())
      collect_numbers(member.value(), below(member.key()), into);
}

struct coverage {
  std::size_t shown = 0;
  std::string missing{};  ///< numbers that no metric shows, a line each
  std::string needless{}; ///< exceptions that are none
};

/// Changes each number of the document in turn and looks whether the metrics change, too.
inline coverage metric_coverage(const boost::json::object& document) {
  boost::json::value status(document);
  auto before = prometheus_text(status.as_object());
  std::vector<number_at> numbers;
  collect_numbers(status, "", numbers);
  coverage out;
  for (auto& [path, value] : numbers) {
    auto old = *value;
    *value = old.to_number<double>() + 1'000'003;
    auto is_shown = prometheus_text(status.as_object()) != before;
    *value = old;
    out.shown += is_shown;
    if (!is_shown && !is_no_metric(path))
      out.missing += path + "\n";
    if (is_shown && is_no_metric(path))
      out.needless += path + "\n";
  }
  return out;
}

} // namespace xylem::testing
