#include "unplugs.hpp"

#include "tests/bench/field/shared/clock.hpp"
#include "tests/bench/field/shared/histogram.hpp"
#include "tests/bench/field/shared/root_frames.hpp"
#include "tests/bench/field/shared/stop_signal.hpp"

namespace xylem::bench {

namespace {

constexpr double patience_s = 10;

/// A gateway clears a port that it opens, and a message with it: it is said until one arrives.
std::optional<std::uint64_t> say_until_heard(root_port& port, gateway_probe& probe,
                                             std::uint32_t number) {
  constexpr double between_s = 0.001;
  auto end_ns = now_ns() + to_ns(patience_s);
  while (now_ns() < end_ns && !is_stopped()) {
    port.write(message_frame(1, {now_ns(), number}, marker_size));
    if (auto came_ns = probe.await(number, between_s))
      return came_ns;
    port.drain();
  }
  return std::nullopt;
}

} // namespace

boost::json::object run_unplugs(root_port& port, gateway_probe& probe, std::uint64_t count) {
  histogram back;
  std::uint64_t lost = 0;
  for (std::uint32_t number = 0; number < count && !is_stopped(); ++number) {
    port.unplug();
    std::this_thread::sleep_for(20ms + number % 16 * 1ms);
    port.plug();
    auto plugged_ns = now_ns();
    auto is_open = port.await_open(patience_s);
    auto came_ns = is_open ? say_until_heard(port, probe, number) : std::nullopt;
    if (came_ns)
      back.add(*came_ns - plugged_ns);
    else
      ++lost;
  }
  return {{"unplugs", count}, {"lost", lost}, {"back_us", back.to_json()}};
}

} // namespace xylem::bench
