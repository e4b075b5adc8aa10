#include "app/commands/interruption.hpp"

#include <csignal>

namespace xylem {

namespace {

std::atomic<bool> interrupted = false; // set by a signal: lock-free, nothing else is touched

static_assert(std::atomic<bool>::is_always_lock_free);

} // namespace

const std::atomic<bool>& end_at_signals() {
  interrupted = false;
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = true; };
  sigaction(SIGINT, &action, nullptr); // no SA_RESTART: the waits end early
  sigaction(SIGTERM, &action, nullptr);
  return interrupted;
}

} // namespace xylem
