#include "app/commands/reload.hpp"

#include "app/config/configuration_changes.hpp"

namespace xylem {

configuration_reload::configuration_reload(std::string file, std::vector<std::string> sets,
                                           configuration_use use, gateway_settings running,
                                           logger& log)
    : file_{std::move(file)}, sets_{std::move(sets)}, use_{use}, running_{std::move(running)},
      log_{log, "gateway"} {}

std::optional<std::vector<allowed_monitor>> configuration_reload::operator()() {
  auto gathered = gather_configuration(file_, sets_);
  if (auto problem = std::get_if<configuration_problem>(&gathered)) {
    tell({*problem});
    return std::nullopt;
  }
  auto loaded = load_configuration(std::get<configuration_source>(gathered), use_);
  if (auto problems = std::get_if<configuration_problems>(&loaded)) {
    tell(*problems);
    return std::nullopt;
  }
  const auto& fresh = std::get<gateway_settings>(loaded);
  for (const auto& key : changed_keys(running_, fresh))
    log_.warning("a key has changed that needs a restart", {{"key", key}});
  running_.monitor.allow = fresh.monitor.allow;
  log_.info("the configuration was read again", {{"file", file_},
                                                 {"may_follow", fresh.monitor.allow.size()}});
  return fresh.monitor.allow;
}

void configuration_reload::tell(const configuration_problems& problems) const {
  for (const auto& problem : problems)
    log_.error("the configuration cannot be used, all stays as it is",
               {{"file", problem.file},
                {"line", problem.line},
                {"key", problem.key},
                {"problem", problem.message}});
}

} // namespace xylem
