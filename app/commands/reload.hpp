#pragma once

#include "actors/log.hpp"
#include "app/config/configuration.hpp"
#include "app/gateway.hpp"

namespace xylem {

/// Reads the configuration of a running gateway again, when it is told to (SIGHUP). Who may follow
/// and the level of the log change while it runs; of the rest it is told that it waits for a
/// restart.
class configuration_reload {
public:
  /// `running` was read from `file` (nothing: there is none) and `sets` for this use.
  configuration_reload(std::optional<std::string> file, std::vector<std::string> sets,
                       configuration_use use, gateway_settings running, logger& log);

  /// A file that is not to be used changes nothing, and the log says why.
  reload_outcome operator()();

private:
  reload_outcome refuse(const configuration_problems& problems) const;
  void change_level(log_level level);

  std::optional<std::string> file_;
  std::vector<std::string> sets_;
  configuration_use use_;
  gateway_settings running_;
  logger& target_;
  actor_log log_;
};

} // namespace xylem
