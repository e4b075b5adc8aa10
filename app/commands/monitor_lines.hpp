#pragma once

#include "app/monitor/followed_event.hpp"
#include "protocol/subscriber_filter.hpp"

#include <string>
#include <vector>

namespace xylem {

/// What `xylem monitor` shows of what it is told. Gaps are for everybody: no filter hides a loss.
struct monitor_filter {
  event_kind_set kinds = event_kind_set::all();
  std::vector<std::string> meshes{}; ///< patterns such as `north/*`; none: every mesh

  bool matches(const followed_event& which) const;
};

/// As `xylem watch` prints it, without its end of line.
std::string text_line(const followed_event& which);

// One JSON object each, and the end of its line. The first member is always the gateway.
std::string json_line(const followed_event& which);
std::string json_line(const gateway_change& what, wall_time now);

/// Everything up to here has been told, though its last event has no line.
std::string position_line(std::string_view gateway, cursor reached, wall_time now);

} // namespace xylem
