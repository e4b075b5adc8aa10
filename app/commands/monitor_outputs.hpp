#pragma once

#include "actors/environment.hpp"
#include "app/commands/console.hpp"
#include "app/commands/monitor_file.hpp"
#include "app/commands/monitor_lines.hpp"

#include <iosfwd>
#include <mutex>

namespace xylem {

/// Where `xylem monitor` shows what it is told. Called from the I/O thread; tick() and finish()
/// from another one.
class monitor_output {
public:
  virtual ~monitor_output() = default;

  virtual void event(const followed_event& which) = 0;
  virtual void change(const gateway_change&) {}
  virtual void progress(const gateway_progress&) {}

  /// Each second, say.
  virtual void tick() {}

  /// Everything has been told. Why not all of it is shown; empty: it is.
  virtual std::string finish() { return {}; }

  /// Where to go on, by gateway.
  virtual std::map<std::string, cursor> positions() const { return {}; }
};

using instant_clock = std::function<instant()>;

instant system_now();

/// A line each to a stream. Calls `broken` once nobody takes them any more.
class line_output final : public monitor_output {
public:
  line_output(std::ostream& out, output_format format, monitor_filter filter,
              std::function<void()> broken, instant_clock clock = system_now);

  void event(const followed_event& which) override;
  void change(const gateway_change& what) override;
  void progress(const gateway_progress& how) override;
  std::string finish() override;

private:
  void check();

  std::ostream& out_;
  output_format format_;
  monitor_filter filter_;
  std::function<void()> broken_;
  instant_clock clock_;
  std::map<std::size_t, std::string> states_; // by position of the gateway
};

/// Lines of JSON at the end of a file.
class file_output final : public monitor_output {
public:
  file_output(const std::string& path, monitor_filter filter, actor_log log,
              instant_clock clock = system_now);

  void event(const followed_event& which) override;
  void change(const gateway_change& what) override;
  void progress(const gateway_progress& how) override;
  void tick() override;
  std::string finish() override;
  std::map<std::string, cursor> positions() const override;

private:
  void tell_problem();

  mutable std::mutex lock_; // of all that follows
  monitor_file file_;
  monitor_filter filter_;
  actor_log log_;
  instant_clock clock_;
  std::string told_problem_;
  std::map<std::size_t, std::string> states_;
};

} // namespace xylem
