#include "flood.hpp"

#include "tests/bench/field/shared/clock.hpp"

namespace xylem::bench {

namespace {

/// `size` frames each; the last one goes on with the first frames.
std::vector<std::string> make_chunks(const std::vector<std::string>& frames, std::size_t size) {
  std::vector<std::string> out((frames.size() + size - 1) / size);
  for (std::size_t i = 0; i < out.size() * size; ++i)
    out[i / size] += frames[i % frames.size()];
  return out;
}

/// A sleep would be longer than the time between two writes.
void spin_until_ns(std::uint64_t time_ns) {
  while (now_ns() < time_ns)
    continue;
}

} // namespace

std::uint64_t flood(root_port& port, const std::vector<std::string>& frames,
                    flood_options options) {
  constexpr std::uint64_t look_up_every = 256; // at the clock and at what the gateway says
  auto chunks = make_chunks(frames, options.frames_per_write);
  auto limit = options.count / options.frames_per_write;
  auto start_ns = now_ns();
  auto end_ns = start_ns + to_ns(options.duration_s);
  std::uint64_t sent = 0;
  for (auto next = chunks.begin(); limit == 0 || sent < limit; ++sent) {
    if (sent % look_up_every == 0) {
      port.drain();
      if (options.duration_s > 0 && now_ns() >= end_ns)
        break;
    }
    if (options.rate > 0)
      spin_until_ns(due_ns(start_ns, sent * options.frames_per_write, options.rate));
    if (!port.write(*next))
      break;
    if (++next == chunks.end())
      next = chunks.begin();
  }
  return sent * options.frames_per_write;
}

} // namespace xylem::bench
