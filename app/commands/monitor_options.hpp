#pragma once

#include "actors/settings.hpp"
#include "app/commands/console.hpp"
#include "app/commands/monitor_lines.hpp"

#include <optional>

namespace CLI {
class App;
}

namespace xylem {

/// Where gates are, unless somebody says otherwise.
inline constexpr std::uint16_t monitor_port = 7655;

/// Who this node is to others, and who may follow it, as a user writes it.
struct node_options {
  std::string authority;
  std::string certificate;
  std::string key;
  std::string pki;  ///< folder that has all three
  std::string name; ///< of the certificate there
  std::string listen;
  std::vector<std::string> allow; ///< `NAME[:command]`
};

/// What a user writes behind `xylem monitor`.
struct monitor_options : node_options {
  std::vector<std::string> gateways; ///< `[NAME=]HOST[:PORT]`
  std::optional<std::string> file;
  std::vector<std::string> sets;
  std::optional<std::string> web; ///< empty: where the configuration says
  std::string metrics;

  output_format format = output_format::text;
  std::string append;
  monitor_filter filter;
  std::chrono::milliseconds time{}; ///< 0: without end
};

/// The settings: the file, the environment and `--set`, and what options say. Or nothing, and `err`
/// says what is wrong.
std::optional<gateway_settings> settings_of(const monitor_options& options, std::ostream& err);

/// The options of `command` for who it is.
void add_identity(CLI::App& command, node_options& options);

/// As `--set` has it; or nothing, and `err` says what is wrong.
std::optional<std::vector<std::string>> sets_of(const node_options& options, std::ostream& err);

/// `[NAME=]HOST[:PORT]`; nothing when it is none.
std::optional<followed_gateway> parse_followed_gateway(std::string_view text);

/// `NAME` or `NAME:command`; nothing when it is none.
std::optional<allowed_monitor> parse_allowed_monitor(std::string_view text);

} // namespace xylem
