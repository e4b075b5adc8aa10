#pragma once

#include "protocol/time.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

/// What a gate tells of itself each second (monitor §6, `state`): a stranger says it.
namespace xylem {

/// What is known of it, each member of the type and within the bounds that it shall have; what is
/// unknown is left out. Nothing: it is not what a gate says.
std::optional<boost::json::object> sound_gate_state(std::string_view text);

/// What became of events for monitors, over all connections that there were.
struct monitor_events {
  std::uint64_t sent = 0;
  std::uint64_t coalesced = 0;
  std::uint64_t missed = 0;

  bool operator==(const monitor_events&) const = default;
};

/// Sums what a gate tells of each connection while it lasts.
class monitor_event_sums {
public:
  /// Of a state that is sound.
  void look(const boost::json::object& state);

  const monitor_events& sums() const noexcept { return sums_; }

private:
  std::map<std::string, monitor_events> last_; // by name and beginning
  monitor_events sums_;
};

/// A certificate that will not be valid much longer.
struct expiring_certificate {
  std::string file;
  std::string name;
  wall_time not_after{};
  std::int64_t days = 0; ///< that are left, rounded down; below 0: it has expired

  bool operator==(const expiring_certificate&) const = default;
};

/// Tells of each certificate 30, 7 and 1 days before it expires, and when it has.
class expiry_reminder {
public:
  /// Of a state that is sound: what is to be told now, each once.
  std::vector<expiring_certificate> look(const boost::json::object& state, wall_time now);

private:
  struct told {
    wall_time not_after{};
    std::size_t steps = 0; // that it was told for
  };

  std::map<std::string, told> told_; // by file
};

} // namespace xylem
