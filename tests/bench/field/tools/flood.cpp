#include "flood.hpp"

#include "tests/bench/field/shared/clock.hpp"

namespace xylem::bench {

std::uint64_t flood(root_port& port, const std::vector<std::string>& frames,
                    flood_options options) {
  constexpr std::uint64_t look_up_every = 256; // at the clock and at what the gateway says
  auto end_ns = now_ns() + to_ns(options.duration_s);
  std::uint64_t sent = 0;
  for (auto next = frames.begin(); options.count == 0 || sent < options.count; ++sent) {
    if (sent % look_up_every == 0) {
      port.drain();
      if (options.duration_s > 0 && now_ns() >= end_ns)
        break;
    }
    if (!port.write(*next))
      break;
    if (++next == frames.end())
      next = frames.begin();
  }
  return sent;
}

} // namespace xylem::bench
