#include "app/sim/line_rate.hpp"

namespace xylem {

namespace {

constexpr std::size_t bits_a_byte = 10; // start, 8 data from the lowest on, stop

/// The level of the line over time, in bits of the sender.
class waveform {
public:
  explicit waveform(bytes_view sent) : sent_{sent} {}

  std::size_t size() const noexcept { return sent_.size() * bits_a_byte; }

  bool at(double time) const noexcept { return bit(static_cast<std::size_t>(time)); }

  /// The next bit that is low; size() when there is none.
  std::size_t next_low(std::size_t from) const noexcept {
    while (from < size() && bit(from))
      ++from;
    return from;
  }

  std::size_t next_high(std::size_t from) const noexcept {
    while (!bit(from))
      ++from;
    return from;
  }

private:
  bool bit(std::size_t index) const noexcept {
    if (index >= size())
      return true; // a line at rest is high
    auto place = index % bits_a_byte;
    if (place == 0)
      return false;
    auto value = std::to_integer<unsigned>(sent_[index / bits_a_byte]);
    return place == bits_a_byte - 1 || (value >> (place - 1) & 1U) != 0;
  }

  bytes_view sent_;
};

} // namespace

bytes heard_at(bytes_view sent, std::uint32_t sent_at, std::uint32_t hears_at) {
  if (sent_at == hears_at || sent_at == 0 || hears_at == 0)
    return {sent.begin(), sent.end()};
  waveform line{sent};
  bytes out;
  auto step =
      static_cast<double>(sent_at) / hears_at; // of the sender's bits in one of the receiver
  for (auto start = line.next_low(0); start < line.size();) {
    auto begin = static_cast<double>(start);
    unsigned value = 0;
    for (unsigned i = 0; i < 8; ++i)
      value |= line.at(begin + (i + 1.5) * step) ? 1U << i : 0U;
    out.push_back(static_cast<std::byte>(value));
    auto stop = begin + (bits_a_byte - 0.5) * step;
    auto next = static_cast<std::size_t>(stop);
    // A stop bit that is low is a framing error: the next start bit is after the line was high.
    if (!line.at(stop))
      next = line.next_high(next);
    start = line.next_low(next);
  }
  return out;
}

} // namespace xylem
