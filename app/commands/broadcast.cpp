#include "app/commands/broadcast.hpp"

#include <CLI/CLI.hpp>

namespace xylem {

void add_broadcast(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<send_arguments>();
  auto* command = app.add_subcommand("broadcast", "Send a message to every node");
  add_client_options(*command, arguments->client);
  command->add_option("TEXT", arguments->words, "At most 255 bytes; words are joined by a blank")
      ->required();
  command->add_flag_callback(
      "--hex", [arguments] { arguments->spelling = message_spelling::hex; }, "TEXT is hex");
  command->callback(
      [arguments, &exit_code] { exit_code = run_send(*arguments, standard_console()); });
}

} // namespace xylem
