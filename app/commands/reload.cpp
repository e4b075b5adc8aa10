#include "app/commands/reload.hpp"

#include "actors/log_text.hpp"
#include "app/config/configuration_changes.hpp"
#include "app/config/configuration_text.hpp"

namespace xylem {

configuration_reload::configuration_reload(std::optional<std::string> file,
                                           std::vector<std::string> sets, configuration_use use,
                                           gateway_settings running, logger& log)
    : file_{std::move(file)}, sets_{std::move(sets)}, use_{use}, running_{std::move(running)},
      target_{log}, log_{log, "gateway"} {}

reload_outcome configuration_reload::operator()() {
  if (!file_) {
    log_.warning("there is no configuration file to be read again: all stays as it is");
    return {};
  }
  auto gathered = gather_configuration(file_, sets_);
  if (auto problem = std::get_if<configuration_problem>(&gathered))
    return refuse({*problem});
  auto loaded = load_configuration(std::get<configuration_source>(gathered), use_);
  if (auto problems = std::get_if<configuration_problems>(&loaded))
    return refuse(*problems);
  const auto& fresh = std::get<gateway_settings>(loaded);
  change_level(fresh.log.level);
  running_.monitor.allow = fresh.monitor.allow;
  reload_outcome outcome{.allow = fresh.monitor.allow, .shown = shown_configuration(running_)};
  for (const auto& key : changed_keys(running_, fresh)) {
    log_.warning("a key has changed that needs a restart", {{"key", key}});
    outcome.note += (outcome.note.empty() ? "restart needed for: " : ", ") + key;
  }
  log_.info("the configuration was read again", {{"file", *file_},
                                                 {"may_follow", fresh.monitor.allow.size()}});
  return outcome;
}

/// What the file says holds, whatever was set in the meantime. The change is told before the log
/// becomes too quiet for it, or once it is not any more.
void configuration_reload::change_level(log_level level) {
  running_.log.level = level;
  auto was = target_.least();
  if (was == level)
    return;
  auto tell = [&] {
    log_.info("the level of the log was changed", {{"from", to_string(was)},
                                                   {"to", to_string(level)}});
  };
  if (was <= log_level::info)
    tell();
  target_.set_least(level);
  if (was > log_level::info)
    tell();
}

reload_outcome configuration_reload::refuse(const configuration_problems& problems) const {
  for (const auto& problem : problems)
    log_.error("the configuration cannot be used, all stays as it is",
               {{"file", problem.file},
                {"line", problem.line},
                {"key", problem.key},
                {"problem", problem.message}});
  return {.note = "the configuration file has mistakes, what was read before is in use"};
}

} // namespace xylem
