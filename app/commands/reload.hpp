#pragma once

#include "actors/log.hpp"
#include "app/config/configuration.hpp"

namespace xylem {

/// Reads the configuration of a running gateway again, when it is told to (SIGHUP). Who may follow
/// can change while it runs; of the rest it is told that it waits for a restart.
class configuration_reload {
public:
  /// `running` was read from `file` and `sets` for this use.
  configuration_reload(std::string file, std::vector<std::string> sets, configuration_use use,
                       gateway_settings running, logger& log);

  /// The names that may follow now; nothing, and a line in the log that says why: the file is not
  /// to be used, and all stays as it is.
  std::optional<std::vector<allowed_monitor>> operator()();

private:
  void tell(const configuration_problems& problems) const;

  std::string file_;
  std::vector<std::string> sets_;
  configuration_use use_;
  gateway_settings running_;
  actor_log log_;
};

} // namespace xylem
