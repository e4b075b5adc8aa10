#include "root_port.hpp"

#include "tests/bench/field/shared/clock.hpp"
#include "tests/bench/field/shared/stop_signal.hpp"

#include <array>

#include <poll.h>

namespace xylem::bench {

bool root_port::await_open(double patience_s) const {
  auto end_ns = now_ns() + to_ns(patience_s);
  while (!port_.is_open()) {
    if (is_stopped() || now_ns() > end_ns)
      return false;
    std::this_thread::sleep_for(100us);
  }
  return true;
}

bool root_port::write(std::string_view data) {
  for (;;) {
    data.remove_prefix(port_.write(view_of(data)));
    if (data.empty())
      return true;
    if (!wait_for_room())
      return false;
  }
}

bool root_port::wait_for_room() {
  pollfd state{port_.descriptor(), POLLIN | POLLOUT, 0};
  poll(&state, 1, 100);
  if ((state.revents & POLLIN) != 0)
    drain();
  return (state.revents & POLLHUP) == 0 && !is_stopped();
}

void root_port::drain() noexcept {
  std::array<std::byte, 4096> room;
  while (!port_.read(room).empty())
    continue;
}

} // namespace xylem::bench
