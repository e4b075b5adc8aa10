#pragma once

#include "protocol/event.hpp"
#include "protocol/frame.hpp"

#include <deque>

namespace xylem {

struct link_change {
  link_state state = link_state::down;
  std::string reason;

  bool operator==(const link_change&) const = default;
};

/// Judges the link of one port by what is decoded, not by bytes that come. Owned by the uart
/// actor, or by who outlives it. Answers only when the state changes (down: or its reason).
class link_monitor {
public:
  /// Noise is judged over this window: long enough to hold dozens of frames of a busy mesh,
  /// short enough for somebody who looks at the screen while plugging cables.
  static constexpr std::chrono::seconds window{5};

  /// Fewer rejects in a window are no noise. One broken frame costs up to two: a bit that flips to
  /// an end byte makes a malformed frame and a stray end.
  static constexpr std::uint64_t noise_rejects = 4;

  explicit link_monitor(mono_time::duration silent_after) noexcept;

  /// The port is open, its decoder starts to count from zero. `silent` until the first frame.
  std::optional<link_change> opened(mono_time now);

  std::optional<link_change> closed(std::string_view reason);

  /// Call after each read, and at next_check(), with the sums of the port's decoder.
  std::optional<link_change> observe(const frame_counters& sums, mono_time now);

  /// When the state may change though nothing is read; nothing when it cannot. Never sooner than a
  /// second after the last call of observe(), unless silence is due.
  std::optional<mono_time> next_check() const noexcept;

  link_state state() const noexcept { return current_.state; }
  const std::string& reason() const noexcept { return current_.reason; }

private:
  struct sample {
    mono_time time;
    frame_counters sums;
  };

  /// What happened since the window began.
  struct traffic {
    std::uint64_t handled_bytes = 0;
    std::uint64_t rejected_bytes = 0;
    std::uint64_t rejects = 0;
    reject_reason worst{}; ///< most bytes

    bool is_noise() const noexcept;
  };

  void restart(mono_time now);
  void slide_window(mono_time now);
  traffic traffic_until(const frame_counters& sums) const noexcept;
  std::optional<link_change> change_to(link_state state, std::string reason);

  mono_time::duration silent_after_;
  link_change current_{link_state::down, "the port has not been opened yet"};
  bool is_open_ = false;
  std::uint64_t frames_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::optional<mono_time> last_frame_; // since the port was opened
  std::optional<mono_time> last_noise_; // of the current noise
  mono_time last_observed_{};
  std::deque<sample> samples_; // one a second; the front is where the window begins
};

} // namespace xylem
