#include "actors/service_manager.hpp"

#include <systemd/sd-daemon.h>

#include <cstdlib>

namespace xylem {

namespace {

std::string microseconds_of(mono_time::duration span) {
  return std::to_string(std::chrono::floor<std::chrono::microseconds>(span).count());
}

} // namespace

void service_manager::ready() {
  if (ready_ || stopping_)
    return;
  ready_ = true;
  tell_("READY=1");
}

void service_manager::extend_start(mono_time::duration by) {
  if (!ready_ && !stopping_)
    tell_("EXTEND_TIMEOUT_USEC=" + microseconds_of(by));
}

void service_manager::status(const std::string& line) {
  if (line == line_ || stopping_)
    return;
  line_ = line;
  tell_("STATUS=" + line);
}

/// READY=1 that nobody waits for would end the start too early.
void service_manager::reloading(mono_time now) {
  if (ready_ && !stopping_)
    tell_("RELOADING=1\nMONOTONIC_USEC=" + microseconds_of(now.time_since_epoch()));
}

void service_manager::reloaded() {
  if (ready_ && !stopping_)
    tell_("READY=1");
}

void service_manager::stopping() {
  if (stopping_)
    return;
  stopping_ = true;
  tell_("STOPPING=1\nSTATUS=stopping");
}

std::unique_ptr<service_manager> manager_of_process() {
  auto where = std::getenv("NOTIFY_SOCKET");
  if (!where || *where == '\0')
    return nullptr;
  std::uint64_t watchdog = 0;
  if (::sd_watchdog_enabled(0, &watchdog) <= 0)
    watchdog = 0;
  return std::make_unique<service_manager>(
      [](const std::string& state) { ::sd_notify(0, state.c_str()); },
      std::chrono::microseconds{watchdog});
}

} // namespace xylem
