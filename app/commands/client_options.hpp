#pragma once

#include "app/client/http_gateway.hpp"
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
  client::web_access gateway;
  std::string mesh{}; ///< empty: the only one
  output_format format = output_format::text;
};

/// Where a command reads the time and writes.
struct console {
  std::ostream& out;
  std::ostream& err;
  wall_time now;
  bool err_is_terminal = false; ///< somebody looks on, and wants to see that it goes on
};

console standard_console();

/// `--url`, `--token` and so on; `options` must outlive the parsing.
void add_gateway_options(CLI::App& command, client_options& options);

/// The same, and `--mesh`.
void add_client_options(CLI::App& command, client_options& options);

/// The mesh that is meant; with several, it must have been named.
client::result<std::string> mesh_of(client::http_gateway& gateway, const client_options& options);

/// Writes a sentence that says what is wrong and what to do; returns the exit code.
int report(const console& io, const client_options& options, const client::error& reason);

} // namespace xylem
