#include "app/sim/step_schedule.hpp"

#include <algorithm>

namespace xylem {

namespace {

constexpr auto earlier = [](const auto& a, const auto& b) { return a.due < b.due; };

} // namespace

step_schedule::step_schedule(const std::vector<sim_step>& steps) {
  for (const auto& step : steps)
    entries_.push_back({step, step.at, step.every == sim_time{} ? 1 : step.times});
}

std::optional<sim_time> step_schedule::next_due() const noexcept {
  auto first = std::min_element(entries_.begin(), entries_.end(), earlier);
  if (first == entries_.end())
    return std::nullopt;
  return first->due;
}

sim_step step_schedule::take() {
  auto first = std::min_element(entries_.begin(), entries_.end(), earlier);
  auto step = first->step;
  if (first->left == 1) {
    entries_.erase(first);
  } else {
    first->left -= first->left > 0 ? 1 : 0;
    first->due += step.every;
  }
  return step;
}

} // namespace xylem
