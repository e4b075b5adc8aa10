#pragma once

#include "app/sim/sim_step.hpp"
#include "protocol/node.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace xylem {

using namespace std::chrono_literals;

/// What a node measures. `GPS`, `TMP` (i16, 0.01 °C) and `BAT` (u8, percent) are plausible values;
/// any other code is a dynamic type of random bytes.
struct sim_type {
  type_code code;
  std::uint8_t length = 0;

  bool operator==(const sim_type&) const = default;
};

inline constexpr std::size_t max_sim_nodes = 65'534; ///< 0 and FFFF are no nodes
inline constexpr std::size_t max_sim_types = 14;     ///< of 255 bytes, they still fit in a frame

/// `GPS,TMP,DYN:8`: codes of 3 characters, with a length for dynamic types (4 without one).
/// Throws std::invalid_argument with what a person should correct.
std::vector<sim_type> parse_sim_types(std::string_view text);

/// How the root reads commands.
enum class reader_kind : std::uint8_t {
  field,     ///< 1,024 bytes or one second of silence, then the block is scanned
  immediate, ///< frame by frame
};

std::string_view to_string(reader_kind kind) noexcept;
std::optional<reader_kind> parse_reader_kind(std::string_view text);

/// The mesh, its traffic, and what goes wrong.
struct root_options {
  std::string dialect = "classic";
  std::uint64_t seed = 1;
  std::size_t nodes = 8;
  sim_time join_window = 2s; ///< nodes join one by one during this time after a boot
  std::vector<sim_type> types = parse_sim_types("GPS,TMP,BAT,DYN:8");
  std::optional<double> escape_percent; ///< of dynamic bytes; nothing: as chance has it
  bool trailer = false;                 ///< `[E]` after the last item of an update

  double rate = 8; ///< updates a second, of all nodes; 0: as fast as the port takes them
  double message_rate = 0.2;
  double request_rate = 0.05;
  sim_time heartbeat = 60s; ///< of each node; 0: none
  std::uint64_t count = 0;  ///< the traffic ends after this many updates; 0: never

  reader_kind reader = reader_kind::field;
  std::uint32_t baud = 0;     ///< paces the output, garbles at another rate of the port; 0: neither
  bool reset_on_open = false; ///< as boards do whose reset hangs on DTR
  std::vector<sim_step> steps;
};

/// A simulated root behind a pseudo terminal.
struct sim_options {
  root_options root;
  std::string link;                 ///< a symbolic link to the terminal; empty: none
  std::optional<sim_time> duration; ///< from the start, whether or not the port was opened
};

/// Throws std::invalid_argument for a value that is out of bounds.
void validate(const root_options& options);

} // namespace xylem
