#include "stop_signal.hpp"

#include <csignal>

namespace xylem::bench {

namespace {

volatile std::sig_atomic_t stopped = 0;

extern "C" void remember(int) {
  stopped = 1;
}

} // namespace

void remember_stop_signals() {
  struct sigaction action {};
  action.sa_handler = remember; // no SA_RESTART: waits end
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
}

bool is_stopped() noexcept {
  return stopped != 0;
}

} // namespace xylem::bench
