#pragma once

#include "app/sim/root_codec.hpp"
#include "app/sim/sim_step.hpp"

#include <array>
#include <string>

namespace xylem {

enum class sim_frame : std::uint8_t {
  update,
  heartbeat,
  message,
  request,
  snapshot,
  joined,
  restarted,
  log, ///< text of the root about itself
};

inline constexpr std::size_t sim_frames = 8;

std::string_view to_string(sim_frame kind) noexcept;

/// Everything a simulated root did. Frames are counted when they are handed to the port, before
/// faults.
struct sim_statistics {
  std::array<std::uint64_t, sim_frames> frames{};
  std::uint64_t bytes = 0;          ///< handed to the port, console text and faults included
  std::uint64_t unheard_frames = 0; ///< made while nobody had the port open
  std::uint64_t skipped_turns = 0;  ///< of nodes, because the port or the root was behind
  std::array<std::uint64_t, sim_actions> faults{};
  std::uint64_t boots = 0;

  std::array<std::uint64_t, sim_command_kinds> commands{};
  std::uint64_t lost_at_mark = 0;  ///< commands that crossed the end of a full block
  std::uint64_t half_messages = 0; ///< blocks that ended inside a frame
  std::uint64_t ignored_bytes = 0; ///< came while the root booted
  std::uint64_t answered_requests = 0;
  std::uint64_t needless_answers = 0; ///< to a node that had not asked
  std::uint64_t dropped_replies = 0;  ///< more were wanted than the root keeps in mind

  std::uint64_t opens = 0;
  std::vector<sim_time> reopen_times; ///< from the return of the port until it was opened
};

inline constexpr std::size_t max_reopen_times = 100'000;

/// For people, a line a subject.
std::string to_text(const sim_statistics& statistics);

/// One line of JSON.
std::string to_json(const sim_statistics& statistics);

} // namespace xylem
