#pragma once

#include "app/sim/pty_port.hpp"
#include "app/sim/simulated_root.hpp"
#include "protocol/time.hpp"

namespace xylem {

/// Puts a simulated root behind a pseudo terminal. The root powers up when the port is first
/// opened. run() occupies a thread; stop() may be called from anywhere.
class sim_runner {
public:
  /// Plugs the port in. Throws std::invalid_argument, std::system_error.
  explicit sim_runner(sim_options options);

  /// Until stop(), the end of the duration, or a second after the last of `count` updates was
  /// written. Throws std::system_error when the port cannot be plugged in again.
  void run();

  /// Async-signal-safe.
  void stop() noexcept;

  /// What the gateway opens. Without a link it is valid until the first unplug.
  std::string port_path() const { return port_.path(); }
  const std::string& device() const noexcept { return port_.device(); }

  /// Not while run() is running.
  sim_statistics statistics() const;

private:
  bool is_over(mono_time now);
  void follow_condition(mono_time now);
  void follow_listener(mono_time now);
  void exchange(mono_time now);
  void write_out();
  void wait();
  mono_time wake_at(mono_time now) const;
  sim_time since_power_up(mono_time now) const { return now - *powered_up_; }
  bool is_blocked() const noexcept { return written_ < out_.size(); }

  std::uint32_t heard_rate_of(std::optional<std::uint32_t> port) const noexcept;

  std::uint32_t rate_; // of the root's UART; 0: any
  simulated_root root_;
  std::optional<sim_time> duration_;
  pty_port port_;
  file_descriptor stop_event_;
  mono_time started_{};
  std::optional<mono_time> powered_up_;
  std::optional<mono_time> plugged_in_again_; // and not opened yet
  std::optional<mono_time> finished_;
  std::vector<sim_time> reopen_times_;
  bool open_ = false;
  bool stopped_ = false;
  bytes out_;               // for the port
  std::size_t written_ = 0; // of out_
};

} // namespace xylem
