#include "app/sim/sim_statistics.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace xylem {

namespace {

/// Counts under the names of their enumeration, for text those alone that are not 0.
template <class Kind, std::size_t Size>
boost::json::object named(const std::array<std::uint64_t, Size>& counts) {
  boost::json::object object;
  for (std::size_t i = 0; i < Size; ++i) {
    auto name = to_string(static_cast<Kind>(i));
    object[{name.data(), name.size()}] = counts[i];
  }
  return object;
}

std::string line_of(std::string_view title, const boost::json::object& counts) {
  auto line = std::string{title} + ":";
  for (const auto& [name, value] : counts)
    if (value.as_uint64() > 0)
      line += " " + std::string{name.data(), name.size()} + "=" + std::to_string(value.as_uint64());
  return line + (line.back() == ':' ? " none\n" : "\n");
}

double milliseconds(sim_time time) {
  return std::chrono::duration<double, std::milli>{time}.count();
}

boost::json::object summary_of(std::vector<sim_time> times) {
  boost::json::object summary{{"count", times.size()}};
  if (times.empty())
    return summary;
  std::sort(times.begin(), times.end());
  auto at = [&](double share) {
    return milliseconds(
        times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))]);
  };
  summary["min_ms"] = at(0);
  summary["p50_ms"] = at(0.5);
  summary["p99_ms"] = at(0.99);
  summary["max_ms"] = at(1);
  return summary;
}

boost::json::object root_counts(const sim_statistics& statistics) {
  return {{"boots", statistics.boots},
          {"bytes", statistics.bytes},
          {"unheard_frames", statistics.unheard_frames},
          {"skipped_turns", statistics.skipped_turns},
          {"lost_at_mark", statistics.lost_at_mark},
          {"half_messages", statistics.half_messages},
          {"ignored_bytes", statistics.ignored_bytes},
          {"answered_requests", statistics.answered_requests},
          {"needless_answers", statistics.needless_answers},
          {"dropped_replies", statistics.dropped_replies},
          {"opens", statistics.opens}};
}

} // namespace

std::string_view to_string(sim_frame kind) noexcept {
  constexpr std::array<std::string_view, sim_frames> names{
      "update", "heartbeat", "message", "request", "snapshot", "joined", "restarted", "log"};
  return names.at(static_cast<std::size_t>(kind));
}

std::string to_text(const sim_statistics& statistics) {
  auto text = line_of("frames", named<sim_frame>(statistics.frames));
  text += line_of("faults", named<sim_action>(statistics.faults));
  text += line_of("commands", named<sim_command_kind>(statistics.commands));
  text += line_of("root", root_counts(statistics));
  text += "reopened:";
  for (const auto& [name, value] : summary_of(statistics.reopen_times))
    text += " " + std::string{name.data(), name.size()} + "=" + boost::json::serialize(value);
  return text + "\n";
}

std::string to_json(const sim_statistics& statistics) {
  auto object = root_counts(statistics);
  object["frames"] = named<sim_frame>(statistics.frames);
  object["faults"] = named<sim_action>(statistics.faults);
  object["commands"] = named<sim_command_kind>(statistics.commands);
  object["reopened"] = summary_of(statistics.reopen_times);
  return boost::json::serialize(object);
}

} // namespace xylem
