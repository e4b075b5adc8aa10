#pragma once

#include "app/client/connection.hpp"
#include "protocol/time.hpp"

#include <iosfwd>

namespace CLI {
class App;
}

namespace xylem {

/// Exit codes of every client command.
namespace exit_codes {
inline constexpr int ok = 0;
inline constexpr int failed = 1;      ///< the gateway refused, or answered what cannot be read
inline constexpr int usage = 2;       ///< nothing was sent
inline constexpr int unreachable = 3; ///< no gateway answers
} // namespace exit_codes

enum class output_format : std::uint8_t { text, json };

/// What every client command takes.
struct client_options {
  client::endpoint gateway;
  client::milliseconds timeout{5'000};
  output_format format = output_format::text;
};

/// Where a command reads the time and writes.
struct console {
  std::ostream& out;
  std::ostream& err;
  wall_time now;
};

console standard_console();

/// `--connect`, `--timeout`, `--json`; `options` must outlive the parsing.
void add_client_options(CLI::App& command, client_options& options);

client::result<client::connection> connect_to(const client_options& options);

/// Writes a sentence that says what is wrong and what to do; returns the exit code.
int report(const console& io, const client_options& options, const client::error& reason);

} // namespace xylem
