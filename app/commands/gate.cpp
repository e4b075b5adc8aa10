#include "app/commands/gate.hpp"

#include "app/commands/client_options.hpp"
#include "app/gate.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace xylem {

void add_gate(CLI::App& app, int& exit_code) {
  auto command = app.add_subcommand(
    "gate", "What monitors connect to; a gateway with monitor.listen starts it by itself");
  command->callback([&exit_code] {
    exit_code = exit_codes::usage;
    if (is_gate_of_a_gateway())
      run_gate(file_descriptor{gate_descriptor});
    std::cerr << "xylem: a gate is started by its gateway: set monitor.listen, and xylem run\n";
  });
}

} // namespace xylem
