#pragma once

#include "protocol/time.hpp"

#include <functional>
#include <memory>
#include <string>

namespace xylem {

/// What the service manager that started this process is told (sd_notify(3)). I/O thread only.
class service_manager {
public:
  /// Takes lines such as `READY=1`.
  using teller = std::function<void(const std::string& state)>;

  /// `watchdog`: how long it may hear nothing; zero: for ever.
  service_manager(teller tell, mono_time::duration watchdog)
      : tell_{std::move(tell)}, watchdog_{watchdog} {}

  mono_time::duration watchdog() const noexcept { return watchdog_; }
  bool is_ready() const noexcept { return ready_; }

  void alive() { tell_("WATCHDOG=1"); }

  /// Once it serves.
  void ready();

  /// It starts still, and may go on for so long.
  void extend_start(mono_time::duration by);

  /// One line; only what differs from the last one is told.
  void status(const std::string& line);

  /// The configuration is read again; then ready(). While it starts, nobody waits for that.
  void reloading(mono_time now);
  void reloaded();

  void stopping();

private:
  teller tell_;
  mono_time::duration watchdog_;
  std::string line_;
  bool ready_ = false;
  bool stopping_ = false;
};

/// That of this process; null: it was not started by one that wants to be told.
std::unique_ptr<service_manager> manager_of_process();

} // namespace xylem
