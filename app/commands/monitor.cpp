#include "app/commands/monitor.hpp"

#include "app/commands/monitor_attendant.hpp"
#include "app/commands/monitor_options.hpp"
#include "app/config/quantity.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/sinks/null_sink.h>

#include <iostream>

namespace xylem {

namespace {

/// In the live view its newest lines are a part of the screen.
log_parts log_for(const log_settings& settings, bool is_live) {
  auto parts = standard_log(settings);
  if (is_live && isatty(STDERR_FILENO) == 1)
    parts.sink = std::make_shared<spdlog::sinks::null_sink_mt>();
  return parts;
}

bool is_live(const monitor_options& options) {
  return options.format == output_format::text && options.append.empty()
         && live_terminal::is_possible();
}

/// Follows with one output, and tells what was wrong with it in the end.
class following {
public:
  following(const monitor_options& options, const gateway_settings& settings, const console& io)
      : options_{options}, io_{io}, is_live_{is_live(options)}, log_{log_for(settings.log,
                                                                             is_live_)},
        output_{make_output()}, node_{settings, log_}, name_{settings.monitor.name.empty()
                                                                 ? options.name
                                                                 : settings.monitor.name} {
    for (const auto& [gateway, from] : output_->positions())
      node_.start_at(gateway, from);
    node_.on_event([this](const followed_event& which) { output_->event(which); });
    node_.on_change([this](const gateway_change& what) { output_->change(what); });
    node_.on_progress([this](const gateway_progress& how) { output_->progress(how); });
  }

  void run() {
    {
      auto* view = is_live_ ? static_cast<monitor_view*>(output_.get()) : nullptr;
      monitor_attendant beside{node_, log_, {options_.time, *output_, view, name_}};
      node_.run();
    }
    if (auto why = output_->finish(); !why.empty())
      throw std::runtime_error{why};
  }

private:
  std::unique_ptr<monitor_output> make_output() {
    if (!options_.append.empty())
      return std::make_unique<file_output>(options_.append, options_.filter,
                                           actor_log{log_, "monitor"});
    if (is_live_)
      return std::make_unique<monitor_view>(options_.filter);
    return std::make_unique<line_output>(io_.out, options_.format, options_.filter,
                                         [this] { node_.stop(); });
  }

  const monitor_options& options_;
  const console& io_;
  bool is_live_;
  logger log_;
  std::unique_ptr<monitor_output> output_;
  monitor_node node_;
  std::string name_;
};

} // namespace

int run_monitor(const monitor_options& options, const console& io) {
  auto settings = settings_of(options, io.err);
  if (!settings)
    return exit_codes::usage;
  try {
    following{options, *settings, io}.run();
    return exit_codes::ok;
  } catch (const std::exception& error) {
    io.err << "xylem: " << error.what() << '\n';
    return exit_codes::failed;
  }
}

namespace {

std::vector<std::string> every_kind() {
  std::vector<std::string> names;
  for (auto kind = event_kind::reading; kind <= event_kind::gap;
       kind = static_cast<event_kind>(static_cast<int>(kind) + 1))
    if (kind != event_kind::node_heard) // never leaves the gateway
      names.emplace_back(to_string(kind));
  return names;
}

event_kind_set kinds_of(const std::vector<std::string>& names) {
  event_kind_set kinds;
  for (auto kind = event_kind::reading; kind <= event_kind::gap;
       kind = static_cast<event_kind>(static_cast<int>(kind) + 1))
    if (std::ranges::find(names, to_string(kind)) != names.end())
      kinds.add(kind);
  return kinds;
}

/// Each takes one value, lest it takes the gateways that follow it.
CLI::Option* add_list(CLI::App& command, const char* name, std::vector<std::string>& to,
                      const char* help, const char* type) {
  return command.add_option(name, to, help)->type_name(type)->allow_extra_args(false);
}

void add_ports(CLI::App& command, monitor_options& options) {
  auto* web = command
                  .add_option_function<std::string>(
                      "--web", [&options](const std::string& where) { options.web = where; },
                      "Serve the page of all gateways [127.0.0.1:7654]; write --web=HOST:PORT")
                  ->type_name("HOST:PORT")
                  ->expected(0, 1)
                  ->trigger_on_parse();
  command.add_option("--metrics", options.metrics, "Serve /metrics and the API without the page")
      ->type_name("HOST:PORT")
      ->excludes(web);
  command.add_option("--listen", options.listen, "Others may follow this node there")
      ->type_name("HOST:PORT");
}

void add_output(CLI::App& command, monitor_options& options) {
  command.add_flag_callback(
      "--json", [&options] { options.format = output_format::json; }, "One JSON object a line");
  command
      .add_option("--append", options.append,
                  "Write --json to the end of a file, and go on exactly where it ends")
      ->type_name("FILE");
  add_list(command, "--mesh", options.filter.meshes,
           "Show only events of these meshes; repeatable, north/* is possible", "PATTERN");
  command
      .add_option_function<std::vector<std::string>>(
          "--kind",
          [&options](const std::vector<std::string>& names) {
            options.filter.kinds = kinds_of(names);
          },
          "Show only events of these kinds, beside gaps; repeatable")
      ->check(CLI::IsMember(every_kind()))
      ->allow_extra_args(false);
  command
      .add_option_function<std::string>(
          "--for",
          [&options](const std::string& text) {
            auto time = parse_milliseconds(text);
            if (!time || time->count() == 0)
              throw CLI::ValidationError{"--for", text + " is no duration such as 10s"};
            options.time = *time;
          },
          "End after this time")
      ->type_name("DURATION");
}

} // namespace

void add_monitor(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<monitor_options>();
  auto* command = app.add_subcommand(
      "monitor", "Follow gateways elsewhere: lines, a file, a live view in a terminal, a page");
  command->add_option(
      "GATEWAY", options->gateways,
      "Gateways to follow: [NAME=]HOST[:PORT], and the names that their certificates "
      "must have [port 7655]");
  auto named = std::make_shared<std::vector<std::string>>();
  add_list(*command, "--gateway", *named,
           "A gateway, and the name that its certificate must have; repeatable",
           "[NAME=]HOST[:PORT]");
  command->add_option("--config", options->file, "Configuration file (TOML)")->type_name("FILE");
  add_identity(*command, *options);
  add_output(*command, *options);
  add_ports(*command, *options);
  add_list(*command, "--set", options->sets, "Set one key, such as log.level=debug; repeatable",
           "KEY=VALUE");
  command->footer(
      "On a terminal it shows a live view (q ends it), else a line an event. Both go on where they "
      "were\nafter any interruption; what could not be made up for is told as one gap.\n"
      "  xylem monitor --pki /etc/xylem/pki --name office field.example north=north.example:7655\n"
      "  xylem monitor --config office.toml --append /var/lib/xylem/events.jsonl");
  command->callback([options, named, &exit_code] {
    std::ranges::copy(*named, std::back_inserter(options->gateways));
    exit_code = run_monitor(*options, standard_console());
  });
}

} // namespace xylem
