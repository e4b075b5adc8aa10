#include "protocol/link_monitor.hpp"

namespace xylem {

namespace {

constexpr std::chrono::seconds sample_period{1};

std::uint64_t growth(std::uint64_t before, std::uint64_t after) noexcept {
  return after > before ? after - before : 0;
}

std::string seconds_text(mono_time::duration span) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(span).count()) + " s";
}

std::string noise_text(std::uint64_t rejected, std::uint64_t handled, reject_reason worst) {
  return std::to_string(rejected) + " of " + std::to_string(rejected + handled)
         + " bytes rejected, mostly " + std::string{to_string(worst)}
         + "; check the baud rate and the wiring";
}

} // namespace

link_monitor::link_monitor(mono_time::duration silent_after) noexcept
    : silent_after_{silent_after} {}

std::optional<link_change> link_monitor::opened(mono_time now) {
  is_open_ = true;
  restart(now);
  return change_to(link_state::silent, "no frame since the port was opened");
}

std::optional<link_change> link_monitor::closed(std::string_view reason) {
  is_open_ = false;
  return change_to(link_state::down, std::string{reason});
}

std::optional<link_change> link_monitor::observe(const frame_counters& sums, mono_time now) {
  if (!is_open_)
    return std::nullopt;
  if (sums.bytes_read < bytes_read_) // another decoder
    restart(now);
  last_observed_ = now;
  bytes_read_ = sums.bytes_read;
  if (sums.frames > frames_)
    last_frame_ = now;
  frames_ = sums.frames;

  slide_window(now);
  auto recent = traffic_until(sums);
  if (samples_.back().time + sample_period <= now)
    samples_.push_back({now, sums});
  if (recent.is_noise()) {
    last_noise_ = now;
    return change_to(link_state::noisy,
                     noise_text(recent.rejected_bytes, recent.handled_bytes, recent.worst));
  }
  // Noise is over when a whole window was free of it, lest the state flaps at the threshold.
  if (last_noise_ && now - *last_noise_ < window)
    return std::nullopt;
  last_noise_.reset();
  if (last_frame_ && now - *last_frame_ < silent_after_) {
    if (current_.state == link_state::up)
      return std::nullopt; // as after nearly every read
    return change_to(link_state::up, "frames are decoded");
  }
  return change_to(link_state::silent, last_frame_ ? "no frame for " + seconds_text(silent_after_)
                                                   : "no frame since the port was opened");
}

std::optional<mono_time> link_monitor::next_check() const noexcept {
  switch (current_.state) {
  case link_state::down:
  case link_state::silent: return std::nullopt;
  case link_state::noisy: return last_observed_ + sample_period;
  case link_state::up: break;
  }
  return *last_frame_ + silent_after_;
}

void link_monitor::restart(mono_time now) {
  frames_ = 0;
  bytes_read_ = 0;
  last_frame_.reset();
  last_noise_.reset();
  last_observed_ = now;
  samples_.assign(1, sample{now, {}});
}

/// Leaves the newest sample that is a window old, so that a window is between 5 and 6 s.
void link_monitor::slide_window(mono_time now) {
  while (samples_.size() > 1 && samples_[1].time + window <= now)
    samples_.pop_front();
}

bool link_monitor::traffic::is_noise() const noexcept {
  return rejects >= noise_rejects && rejected_bytes > handled_bytes;
}

link_monitor::traffic link_monitor::traffic_until(const frame_counters& sums) const noexcept {
  const auto& begin = samples_.front().sums;
  traffic recent{.handled_bytes = growth(begin.frame_bytes, sums.frame_bytes)};
  std::uint64_t most = 0;
  for (std::size_t i = 0; i < reject_reasons; ++i) {
    auto rejected = growth(begin.rejected_bytes[i], sums.rejected_bytes[i]);
    recent.rejects += growth(begin.rejects[i], sums.rejects[i]);
    recent.rejected_bytes += rejected;
    if (rejected > most)
      recent.worst = static_cast<reject_reason>(i);
    most = std::max(most, rejected);
  }
  return recent;
}

std::optional<link_change> link_monitor::change_to(link_state state, std::string reason) {
  auto is_news =
      state != current_.state || (state == link_state::down && reason != current_.reason);
  if (!is_news)
    return std::nullopt;
  current_ = {state, std::move(reason)};
  return current_;
}

} // namespace xylem
