#pragma once

#include "app/commands/live_terminal.hpp"
#include "app/commands/monitor_view.hpp"
#include "app/monitor/monitor_node.hpp"

#include <condition_variable>
#include <thread>

namespace xylem {

/// What a monitor has to do beside following, on a thread of its own: ends it when its time is
/// over, lets the output try again, draws the live view. Ends before the node.
class monitor_attendant {
public:
  struct duties {
    std::chrono::milliseconds time{}; ///< 0: without end
    monitor_output& output;
    monitor_view* view = nullptr; ///< drawn, if there is one
    std::string name{};           ///< of this node, for the view
  };

  monitor_attendant(monitor_node& node, logger& log, duties what);
  ~monitor_attendant();

private:
  void run();
  void draw(live_terminal& terminal);
  bool pause(live_terminal* terminal);

  monitor_node& node_;
  logger& log_;
  duties duties_;
  std::optional<mono_time> end_;
  mono_time counted_{}; // when nodes were
  bool over_ = false;
  std::mutex lock_; // of over_
  std::condition_variable wake_;
  std::thread thread_;
};

} // namespace xylem
