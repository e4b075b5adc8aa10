#include "protocol/transmit_scheduler.hpp"

#include <cassert>

namespace xylem {

std::string_view to_string(transmit_profile profile) noexcept {
  switch (profile) {
  case transmit_profile::stream: return "stream";
  case transmit_profile::gap: return "gap";
  case transmit_profile::block: return "block";
  }
  return "unknown";
}

std::optional<transmit_profile> parse_transmit_profile(std::string_view text) {
  for (auto profile : {transmit_profile::stream, transmit_profile::gap, transmit_profile::block})
    if (text == to_string(profile))
      return profile;
  return std::nullopt;
}

mono_time::duration wire_rate::time_for(std::size_t count) const noexcept {
  using std::chrono::nanoseconds;
  constexpr std::uint64_t second = 1'000'000'000;
  auto rate = std::max<std::uint64_t>(bytes_per_second, 1);
  return nanoseconds{static_cast<nanoseconds::rep>((count * second + rate - 1) / rate)};
}

transmit_scheduler::transmit_scheduler(transmit_profile profile, wire_rate rate) noexcept
    : profile_{profile}, rate_{rate} {}

void transmit_scheduler::port_opened(mono_time now) noexcept {
  wire_idle_at_ = now;
  bursts_in_a_row_ = blocks_in_a_row;
}

void transmit_scheduler::enqueue(command_id id, bytes wire_frame) {
  assert(!wire_frame.empty());
  waiting_bytes_ += wire_frame.size();
  waiting_.push_back({id, std::move(wire_frame)});
}

bool transmit_scheduler::cancel(command_id id) {
  auto found = std::ranges::find(waiting_, id, &waiting_frame::id);
  if (found == waiting_.end())
    return false;
  waiting_bytes_ -= found->frame.size();
  waiting_.erase(found);
  return true;
}

bytes_view transmit_scheduler::next(mono_time now) {
  if (writing_)
    return {};
  if (sent_ == burst_.size()) {
    if (waiting_.empty() || now < ready_at())
      return {};
    begin_burst(now);
  }
  writing_ = true;
  return bytes_view{burst_}.subspan(sent_);
}

std::vector<command_id> transmit_scheduler::wrote(std::size_t count, mono_time now) {
  if (!std::exchange(writing_, false))
    return {};
  sent_ += std::min(count, burst_.size() - sent_);
  std::vector<command_id> finished;
  while (!unfinished_.empty() && unfinished_.front().offset <= sent_) {
    finished.push_back(unfinished_.front().id);
    unfinished_.pop_front();
  }
  if (sent_ == burst_.size())
    wire_idle_at_ = now + rate_.time_for(burst_.size());
  return finished;
}

std::vector<command_id> transmit_scheduler::unfinished() const {
  std::vector<command_id> ids;
  for (const auto& each : unfinished_)
    ids.push_back(each.id);
  return ids;
}

bool transmit_scheduler::knows(command_id id) const noexcept {
  return std::ranges::find(waiting_, id, &waiting_frame::id) != waiting_.end()
         || std::ranges::find(unfinished_, id, &frame_end::id) != unfinished_.end();
}

std::optional<mono_time> transmit_scheduler::wake_at() const noexcept {
  if (writing_)
    return std::nullopt;
  if (sent_ < burst_.size())
    return long_ago;
  return waiting_.empty() ? std::nullopt : std::optional{ready_at()};
}

void transmit_scheduler::begin_burst(mono_time now) {
  if (now >= wire_idle_at_ + silence)
    bursts_in_a_row_ = 0;
  ++bursts_in_a_row_;
  burst_.clear();
  sent_ = 0;
  while (!waiting_.empty()
         && (burst_.empty() || burst_.size() + waiting_.front().frame.size() <= burst_size)) {
    auto& front = waiting_.front();
    append(burst_, bytes_view{front.frame});
    unfinished_.push_back({front.id, burst_.size()});
    waiting_bytes_ -= front.frame.size();
    waiting_.pop_front();
  }
  // A frame longer than a block takes several, so that the next one meets the root's mark again.
  if (profile_ == transmit_profile::block)
    burst_.resize((burst_.size() + burst_size - 1) / burst_size * burst_size);
}

mono_time transmit_scheduler::ready_at() const noexcept {
  switch (profile_) {
  case transmit_profile::stream: return long_ago;
  case transmit_profile::gap: return wire_idle_at_ + silence;
  case transmit_profile::block: break;
  }
  return bursts_in_a_row_ < blocks_in_a_row ? wire_idle_at_ : wire_idle_at_ + silence;
}

} // namespace xylem
