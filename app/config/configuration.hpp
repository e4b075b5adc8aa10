#pragma once

#include "app/config/problem.hpp"

#include "actors/settings.hpp"

#include <iosfwd>
#include <map>
#include <optional>
#include <variant>

namespace xylem {

/// Longest file that is read.
inline constexpr std::size_t largest_configuration = 1024 * 1024;

/// Everything that settings are made of. What comes later wins: file, environment, --set.
struct configuration_source {
  std::string file; ///< names `text` in problems; empty: no file
  std::string text;
  std::map<std::string, std::string> environment; ///< at least all variables with XYLEM_
  std::vector<std::string> sets;                  ///< `mesh.idle_timeout=50ms`
};

/// Who reads it, and what must be in it, or must not.
enum class configuration_use : std::uint8_t {
  any,     ///< meshes, or gateways that are followed
  gateway, ///< `xylem run`: meshes
  monitor, ///< `xylem monitor`: gateways that are followed
};

using configuration_problems = std::vector<configuration_problem>;

/// The settings, or everything that is wrong with the source; never throws for its content.
std::variant<gateway_settings, configuration_problems>
load_configuration(const configuration_source& source,
                   configuration_use use = configuration_use::any);

/// The file (nothing: none), the variables of this process and `sets`; or why the file cannot be
/// read.
std::variant<configuration_source, configuration_problem>
gather_configuration(const std::optional<std::string>& path, std::vector<std::string> sets);

/// For commands that need settings: gathers and loads; what is wrong goes to `err`.
std::optional<gateway_settings> load_or_explain(const std::optional<std::string>& path,
                                                std::vector<std::string> sets, std::ostream& err,
                                                configuration_use use = configuration_use::any);

} // namespace xylem
