#include "app/commands/root.hpp"

#include "app/commands/submission.hpp"

#include <CLI/CLI.hpp>

namespace xylem {

namespace {

struct root_arguments {
  client_options client;
  submission what;
};

CLI::App* add_command(CLI::App& group, int& exit_code, const std::string& name,
                      const std::string& help, submission what) {
  auto arguments = std::make_shared<root_arguments>();
  arguments->what = std::move(what);
  auto* command = group.add_subcommand(name, help);
  add_client_options(*command, arguments->client);
  add_wait_option(*command, arguments->what.then);
  command->callback([arguments, &exit_code] {
    exit_code = run_submission(arguments->client, arguments->what, standard_console());
  });
  return command;
}

} // namespace

void add_root(CLI::App& app, int& exit_code) {
  auto* group = app.add_subcommand("root", "Ask, restart or clean the root");
  group->require_subcommand(1);
  add_command(*group, exit_code, "info", "Ask the root which nodes its mesh has",
              {{{"kind", "network_info"}}, "the question for the mesh"});
  add_command(*group, exit_code, "reset", "Restart the root",
              {{{"kind", "reset_root"}}, "the restart of the root"});
  add_command(*group, exit_code, "clean", "The root forgets its mesh; there is no way back",
              {{{"kind", "clean"}, {"confirm", "clean"}}, "the order to forget the mesh"})
      ->add_flag_callback(
          "--yes", [] {}, "Needed: nodes must join again")
      ->required();
}

} // namespace xylem
