#include "app/commands/submission.hpp"

#include "app/client/gateway_state.hpp"
#include "app/commands/console_text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <ostream>
#include <thread>

namespace xylem {

namespace {

using client::command_info;
namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds first_pause = 20ms;
constexpr std::chrono::milliseconds longest_pause = 500ms;

/// A command has ended at its deadline, give or take what the gateway needs to say so.
constexpr std::chrono::milliseconds grace = 5s;

constexpr std::chrono::milliseconds longest_command_ttl = 1h;

struct told_command {
  json::value document;
  command_info info;
};

client::result<told_command> read(client::result<json::value> answer) {
  if (!answer)
    return answer.error();
  auto info = client::parse_command(client::json_view{*answer});
  if (!info)
    return info.error();
  return told_command{*std::move(answer), *std::move(info)};
}

std::chrono::milliseconds patience_for(const command_info& command) {
  auto span = command.deadline && command.accepted ? *command.deadline - *command.accepted
                                                   : longest_command_ttl;
  return std::clamp(span, std::chrono::milliseconds{0}, longest_command_ttl) + grace;
}

client::result<told_command> follow(client::http_gateway& gateway, told_command command) {
  client::deadline until{patience_for(command.info)};
  for (auto pause = first_pause; command.info.state == "accepted";
       pause = std::min(pause * 2, longest_pause)) {
    if (until.left() == 0ms)
      return client::error{client::error_kind::timeout,
                           "command " + std::to_string(command.info.id) + " has not ended"};
    std::this_thread::sleep_for(std::min(pause, until.left()));
    auto now = read(gateway.command(command.info.id));
    if (!now)
      return now.error();
    command = *std::move(now);
  }
  return command;
}

void print(const console& io, const submission& what, const command_info& command) {
  io.out << "command " << command.id << ", " << what.title << ": "
         << (command.state == "accepted" ? "waits for the root" : printable(command.state))
         << (command.error.empty() ? "" : " (" + printable(command.error) + ")") << '\n';
}

} // namespace

int run_submission(const client_options& options, const submission& what, const console& io) {
  client::http_gateway gateway{options.gateway};
  auto mesh = mesh_of(gateway, options);
  if (!mesh)
    return report_failure(io, options, mesh.error());
  auto command = read(gateway.submit(*mesh, what.body));
  if (command && what.then == follow_up::until_ended)
    command = follow(gateway, *std::move(command));
  if (!command)
    return report_failure(io, options, command.error());
  if (options.format == output_format::json)
    io.out << client::to_text(command->document) << '\n';
  else
    print(io, what, command->info);
  auto has_ended_badly = what.then == follow_up::until_ended && command->info.state != "written";
  return has_ended_badly ? exit_codes::failed : exit_codes::ok;
}

void add_wait_option(CLI::App& command, follow_up& then) {
  command.add_flag_callback(
      "--wait", [&then] { then = follow_up::until_ended; },
      "Wait until it is written to the port; fail when it is not");
}

} // namespace xylem
