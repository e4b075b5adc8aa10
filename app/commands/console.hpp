#pragma once

#include "protocol/time.hpp"

#include <cstdint>
#include <iosfwd>

namespace xylem {

/// Exit codes of every command.
namespace exit_codes {
inline constexpr int ok = 0;
inline constexpr int failed = 1;      ///< the gateway refused, or answered what cannot be read
inline constexpr int usage = 2;       ///< nothing was sent
inline constexpr int unreachable = 3; ///< no gateway answers
} // namespace exit_codes

enum class output_format : std::uint8_t { text, json };

/// Where a command reads the time and writes.
struct console {
  std::ostream& out;
  std::ostream& err;
  wall_time now;
  bool err_is_terminal = false; ///< somebody looks on, and wants to see that it goes on
};

console standard_console();

} // namespace xylem
