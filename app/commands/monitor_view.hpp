#pragma once

#include "app/commands/monitor_outputs.hpp"
#include "app/commands/monitor_screen.hpp"

#include <boost/json/object.hpp>

#include <deque>

namespace xylem {

/// Gathers what the live view shows. Told on the I/O thread, looked at from another one.
class monitor_view final : public monitor_output {
public:
  explicit monitor_view(monitor_filter filter) : filter_{std::move(filter)} {}

  void event(const followed_event& which) override;
  void change(const gateway_change& what) override;
  void progress(const gateway_progress& how) override;

  /// The status of this process: it counts nodes.
  void count_nodes(const boost::json::object& status);

  /// What to show; rates are those since the last call that was at least a second ago.
  screen_model look(instant now);

private:
  struct known_gateway {
    screen_model::gateway shown;
    std::vector<std::string> meshes; ///< their paths
    std::uint64_t events = 0;        ///< since the rates were taken
  };

  struct known_mesh {
    screen_model::mesh shown;
    std::uint64_t events = 0;
  };

  void take_rates(mono_time now);
  static void keep(std::deque<std::string>& list, std::string line);

  std::mutex lock_; // of all that follows
  monitor_filter filter_;
  std::map<std::size_t, known_gateway> gateways_; // by position
  std::map<std::string, known_mesh, std::less<>> meshes_;
  std::deque<std::string> events_; // the newest first
  std::deque<std::string> incidents_;
  std::optional<mono_time> rated_;
};

} // namespace xylem
