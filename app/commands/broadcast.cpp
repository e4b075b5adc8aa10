#include "app/commands/broadcast.hpp"

#include <CLI/CLI.hpp>

namespace xylem {

void add_broadcast(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<send_arguments>();
  auto* command = app.add_subcommand("broadcast", "Send a message to every node");
  add_client_options(*command, arguments->client);
  add_message_options(*command, *arguments);
  command->callback(
      [arguments, &exit_code] { exit_code = run_send(*arguments, standard_console()); });
}

} // namespace xylem
