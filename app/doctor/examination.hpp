#pragma once

#include "app/client/web_access.hpp"
#include "app/doctor/host_probe.hpp"

#include <optional>

namespace xylem {

/// Debian's package has its configuration here.
inline constexpr const char* installed_configuration = "/etc/xylem/xylem.toml";

struct examination_request {
  std::optional<std::string> file{}; ///< nothing: the installed one, if there is one
  std::vector<std::string> sets{};
  std::string serial{};           ///< of the first mesh, instead of the configured one
  std::chrono::seconds listen{3}; ///< to a port, at most, at each rate
  client::web_access gateway{};   ///< how one is asked; its URL when `asks_there`
  bool asks_there = false;        ///< instead of where the configuration says
};

/// Looks at everything that a gateway with this configuration needs on this machine. Changes
/// nothing; a port that nobody holds is opened as the gateway would open it, and only read.
std::vector<finding> examine(const examination_request& request, const host_probe& host);

} // namespace xylem
