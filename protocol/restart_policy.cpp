#include "protocol/restart_policy.hpp"

#include <algorithm>
#include <utility>

namespace xylem {

std::chrono::milliseconds backoff::failed(mono_time now, std::uint32_t random) noexcept {
  if (auto start = std::exchange(started_, std::nullopt); start && now - *start >= stable_after)
    step_ = steps_.shortest;
  auto half = step_.count() / 2;
  auto spread = static_cast<std::chrono::milliseconds::rep>(random) * half / 0xFFFF'FFFF;
  auto wait = step_ - std::chrono::milliseconds{spread};
  step_ = std::min(2 * step_, steps_.longest);
  return wait;
}

std::optional<mono_time> restart_budget::spend(mono_time now) {
  if (is_parked(now))
    return parked_until_;
  while (!spent_.empty() && spent_.front() + period <= now)
    spent_.pop_front();
  if (spent_.size() < restarts) {
    spent_.push_back(now);
    return std::nullopt;
  }
  spent_.clear();
  parked_until_ = now + parked_for;
  return parked_until_;
}

std::uint64_t incident_log::open(std::string actor, std::string cause, instant now) {
  incidents_.push_back(
      {.number = ++total_, .actor = std::move(actor), .cause = std::move(cause), .start = now});
  if (incidents_.size() > kept_) {
    auto over = std::ranges::find_if(incidents_, [](const incident& each) { return !!each.end; });
    incidents_.erase(over == incidents_.end() ? incidents_.begin() : over);
  }
  return total_;
}

const incident* incident_log::close(std::uint64_t number, std::string lost, instant now) {
  auto found = std::ranges::lower_bound(incidents_, number, {}, &incident::number);
  if (found == incidents_.end() || found->number != number || found->end)
    return nullptr;
  found->end = now;
  found->lost = std::move(lost);
  auto took = now.mono - found->start.mono;
  for (std::size_t i = 0; i < restart_durations::bounds.size(); ++i)
    durations_.within[i] += took <= restart_durations::bounds[i] ? 1 : 0;
  ++durations_.count;
  durations_.sum += took;
  durations_.longest = std::max(durations_.longest, took);
  return &*found;
}

} // namespace xylem
