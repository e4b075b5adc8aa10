#include "app/commands/check.hpp"
#include "app/commands/client_commands.hpp"
#include "app/commands/completion.hpp"
#include "app/commands/doctor.hpp"
#include "app/commands/gate.hpp"
#include "app/commands/man.hpp"
#include "app/commands/monitor.hpp"
#include "app/commands/pki.hpp"
#include "app/commands/replay.hpp"
#include "app/commands/run.hpp"
#include "app/commands/sim.hpp"
#include "app/commands/state.hpp"
#include "app/commands/token.hpp"
#include "app/commands/version.hpp"

#include "app/commands/client_options.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

/// One program: the gateway, the simulated root, and the clients of a running gateway.
int main(int argc, char** argv) {
  CLI::App app{"Gateway between the root of a radio mesh and everything else", "xylem"};
  app.require_subcommand(1);
  auto exit_code = xylem::exit_codes::ok;
  xylem::add_run(app, exit_code);
  xylem::add_sim(app, exit_code);
  xylem::add_monitor(app, exit_code);
  xylem::add_check(app, exit_code);
  xylem::add_doctor(app, exit_code);
  xylem::add_client_commands(app, exit_code);
  xylem::add_replay(app, exit_code);
  xylem::add_token(app, exit_code);
  xylem::add_pki(app, exit_code);
  xylem::add_gate(app, exit_code);
  xylem::add_state(app, exit_code);
  xylem::add_completion(app, exit_code);
  xylem::add_man(app, exit_code);
  xylem::add_version(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? xylem::exit_codes::ok : xylem::exit_codes::usage;
  } catch (const std::exception& error) {
    std::cerr << "xylem: " << error.what() << '\n';
    return xylem::exit_codes::failed;
  }
  return exit_code;
}
