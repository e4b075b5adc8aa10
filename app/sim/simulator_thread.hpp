#pragma once

#include "app/sim/sim_runner.hpp"

#include <exception>
#include <thread>

namespace xylem {

/// A simulated root on a thread of its own, for a process that does other things too. Without a
/// link in the options it makes one in a folder of its own, so that its path outlives an unplug.
class simulator_thread {
public:
  /// Throws std::invalid_argument, std::system_error.
  explicit simulator_thread(sim_options options);
  simulator_thread(const simulator_thread&) = delete;
  simulator_thread& operator=(const simulator_thread&) = delete;
  ~simulator_thread();

  const std::string& port_path() const noexcept { return link_; }

  /// Ends the root, for good; throws what ended it before.
  sim_statistics stop();

private:
  std::string folder_; // empty: the link is not in a folder of ours
  std::string link_;
  std::unique_ptr<sim_runner> runner_;
  std::exception_ptr failure_; // read after the thread was joined
  std::thread thread_;
};

} // namespace xylem
