#include "app/sim/sim_step.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace xylem {

namespace {

constexpr std::array<std::string_view, sim_actions> names{
    "unplug", "power-cycle", "reset", "stall", "garbage", "flip", "truncate", "log-inside"};

void require(bool holds, const std::string& otherwise) {
  if (!holds)
    throw std::invalid_argument{otherwise};
}

constexpr bool lasts(sim_action action) noexcept {
  return action == sim_action::unplug || action == sim_action::power_cycle
         || action == sim_action::stall;
}

bool in_range(sim_time time) noexcept {
  return time >= sim_time{} && time <= max_sim_time;
}

} // namespace

std::string_view to_string(sim_action action) noexcept {
  return names.at(static_cast<std::size_t>(action));
}

std::optional<sim_action> parse_sim_action(std::string_view text) {
  const auto* found = std::find(names.begin(), names.end(), text);
  if (found == names.end())
    return std::nullopt;
  return static_cast<sim_action>(found - names.begin());
}

std::span<const std::string_view> sim_action_names() noexcept {
  return names;
}

void validate(const sim_step& step) {
  auto name = std::string{to_string(step.action)};
  auto line_fault = is_line_fault(step.action);
  require(in_range(step.at) && in_range(step.every) && in_range(step.duration),
          "a time is at most 30 days");
  require(step.every == sim_time{} || step.every >= min_every, "`every` is at least 1ms");
  require(step.times == 0 || step.every > sim_time{}, "`times` needs `every`");
  require(!lasts(step.action) || step.duration > sim_time{}, "`" + name + "` needs `for`");
  require(step.duration == sim_time{} || lasts(step.action) || step.probability > 0,
          line_fault ? "`for` needs `probability`" : "`" + name + "` takes no `for`");
  require(step.every == sim_time{} || step.every > step.duration,
          "`every` must be longer than `for`");
  require(step.probability >= 0 && step.probability <= 1, "`probability` is from 0 to 1");
  require(step.probability == 0 || line_fault, "`" + name + "` takes no `probability`");
  require(step.bytes >= 1 && step.bytes <= max_garbage, "`bytes` is from 1 to 65536");
}

} // namespace xylem
