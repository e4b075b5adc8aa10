#pragma once

#include "app/sim/sim_time.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace xylem {

enum class sim_action : std::uint8_t {
  unplug,      ///< the port disappears, the root runs on
  power_cycle, ///< the port disappears, the root boots when it is back
  reset,       ///< the root boots
  stall,       ///< the root neither reads nor writes
  garbage,     ///< random bytes between frames
  flip,        ///< one bit of a frame
  truncate,    ///< the end of a frame is missing
  log_inside,  ///< a log line lands inside a frame
};

inline constexpr std::size_t sim_actions = 8;

std::string_view to_string(sim_action action) noexcept;
std::optional<sim_action> parse_sim_action(std::string_view text);
std::span<const std::string_view> sim_action_names() noexcept;

/// True for what happens to bytes on their way, false for what happens to the port or the root.
constexpr bool is_line_fault(sim_action action) noexcept {
  return action >= sim_action::garbage;
}

/// Something that goes wrong, once or again and again.
struct sim_step {
  sim_action action = sim_action::reset;
  sim_time at{};           ///< the first time
  sim_time every{};        ///< 0: once
  std::uint32_t times = 0; ///< with `every`; 0: without end
  sim_time duration{};     ///< of unplug, power_cycle, stall; of a probability, 0: until the end
  double probability = 0;  ///< of a line fault, a frame; 0: the next frame alone
  std::size_t bytes = 64;  ///< of garbage without a probability

  bool operator==(const sim_step&) const = default;
};

inline constexpr std::size_t max_sim_steps = 256;
inline constexpr std::size_t max_garbage = 65'536;
inline constexpr sim_time min_every = std::chrono::milliseconds{1};

/// Throws std::invalid_argument for a step that is out of bounds or contradicts itself.
void validate(const sim_step& step);

} // namespace xylem
