#include "app/commands/log.hpp"

#include "app/client/json_view.hpp"
#include "app/commands/console_text.hpp"
#include "protocol/log_request.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace xylem {

namespace {

void print_lines(const client::json_view& log, const console& io) {
  for (auto line : log["lines"].items())
    io.out << printable(line.text()) << '\n';
  io.err << "level: " << printable(log["level"].text()) << '\n';
}

void print_change(const client::json_view& log, const console& io) {
  io.err << "the log begins at " << printable(log["level"].text()) << " now, it was "
         << printable(log["was"].text()) << "; until a restart, or SIGHUP\n";
}

} // namespace

int run_log(const log_arguments& arguments, const console& io) {
  client::http_gateway gateway{arguments.client.gateway};
  auto answer = arguments.level.empty() ? gateway.log(arguments.lines)
                                        : gateway.log_from(arguments.level);
  if (!answer)
    return report_failure(io, arguments.client, answer.error());
  if (arguments.client.format == output_format::json)
    io.out << client::to_text(*answer) << '\n';
  else if (arguments.level.empty())
    print_lines(client::json_view{*answer}, io);
  else
    print_change(client::json_view{*answer}, io);
  return exit_codes::ok;
}

void add_log(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<log_arguments>();
  auto* command = app.add_subcommand("log", "The newest lines of the log, or what is logged");
  command
      ->add_option("level", arguments->level, "Log from this level on, until a restart or SIGHUP")
      ->check(CLI::IsMember(
          std::vector<std::string>{log_level_names.begin(), log_level_names.end()}));
  command->add_option("--limit", arguments->lines, "How many lines")
      ->type_name("NUMBER")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  add_gateway_options(*command, arguments->client);
  command->callback(
      [arguments, &exit_code] { exit_code = run_log(*arguments, standard_console()); });
}

} // namespace xylem
