#pragma once

#include "app/sim/sim_time.hpp"
#include "protocol/bytes.hpp"

#include <algorithm>

namespace xylem {

/// Bytes that leave one by one, at the pace of a UART with 10 bits a byte. A pace of 0 baud is
/// no pace.
class paced_line {
public:
  /// The root does not send on while this much waits.
  static constexpr std::size_t backlog = 512;

  explicit paced_line(std::uint32_t baud)
      : byte_time_{baud == 0 ? 0 : 10'000'000'000 / std::int64_t{baud}} {}

  bool is_paced() const noexcept { return byte_time_ > sim_time{}; }
  bool is_full() const noexcept { return waiting_.size() >= backlog; }

  /// Where the next bytes go; call it before they are appended.
  bytes& tail(sim_time now) {
    if (waiting_.empty())
      free_at_ = std::max(free_at_, now);
    return waiting_;
  }

  /// Moves what has left until `now`, at most `room` bytes, to `out`. False: there was nothing.
  bool release(sim_time now, bytes& out, std::size_t room) {
    if (waiting_.empty() || now < free_at_)
      return false;
    auto passed = static_cast<std::size_t>((now - free_at_) / byte_time_);
    auto count = std::min({passed, waiting_.size(), room});
    append(out, bytes_view{waiting_}.first(count));
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    free_at_ += byte_time_ * static_cast<std::int64_t>(count);
    return count > 0;
  }

  /// When it is worth while to release again: some bytes at once, to wake up less often.
  sim_time next_release() const noexcept {
    constexpr std::size_t at_once = 16;
    if (waiting_.empty())
      return sim_time::max();
    return free_at_ + byte_time_ * static_cast<std::int64_t>(std::min(at_once, waiting_.size()));
  }

  void clear() noexcept { waiting_.clear(); }

private:
  sim_time byte_time_;
  sim_time free_at_{};
  bytes waiting_;
};

} // namespace xylem
