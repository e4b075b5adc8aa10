#include "app/commands/run.hpp"

#include "actors/log.hpp"
#include "actors/service_manager.hpp"
#include "app/commands/client_options.hpp"
#include "app/commands/monitor_options.hpp"
#include "app/commands/reload.hpp"
#include "app/config/configuration.hpp"
#include "app/config/inherited_listeners.hpp"
#include "app/gateway.hpp"
#include "app/sim/simulator_thread.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>

namespace xylem {

namespace {

struct run_options {
  std::optional<std::string> file;
  std::vector<std::string> sets;
  std::string serial;
  std::string listen;
  std::string web;
  node_options node;
  bool simulate = false;
};

/// The simulated mesh of `--sim`: enough to see something move.
sim_options simulated_mesh() {
  sim_options options;
  options.root.nodes = 8;
  options.root.rate = 16;
  options.root.message_rate = 0.5;
  options.root.request_rate = 0.1;
  return options;
}

/// The configuration with the addresses of inherited sockets in it: what holds for an address that
/// is configured holds for them, too.
std::optional<gateway_settings> load_with(inherited_sockets& sockets, run_options& options) {
  constexpr auto use = configuration_use::gateway;
  auto settings = load_or_explain(options.file, options.sets, std::cerr, use);
  if (!settings || sockets.size() == 0)
    return settings;
  auto sets = give_sockets(sockets, *settings);
  options.sets.insert(options.sets.end(), sets.begin(), sets.end());
  settings = load_or_explain(options.file, options.sets, std::cerr, use);
  if (!settings)
    for (const auto& each : sets)
      std::cerr << "xylem: the service manager's socket is " << each << '\n';
  return settings;
}

/// Blocks until it has ended.
void serve(const run_options& options, const gateway_settings& settings,
           inherited_sockets& sockets) {
  logger log{standard_log(settings.log)};
  for (const auto& name : sockets.close_rest())
    actor_log{log, "gateway"}.warning(
      "a socket of the service manager is closed: expected a listening TCP socket named web, "
      "clients or as a mesh, once each",
      {{"name", name}});
  auto manager = manager_of_process();
  gateway house{settings, log};
  house.inherit(sockets);
  if (manager)
    house.report_to(*manager);
  house.on_hangup(configuration_reload{options.file, options.sets, configuration_use::gateway,
                                       settings, log});
  house.run();
}

int run_gateway(run_options options) {
  auto sockets = sockets_of_process();
  std::optional<simulator_thread> simulator;
  if (options.simulate) {
    simulator.emplace(simulated_mesh());
    options.serial = simulator->port_path();
  }
  if (!options.serial.empty())
    options.sets.push_back("mesh.serial=" + options.serial);
  if (!options.listen.empty())
    options.sets.push_back("mesh.listen=" + options.listen);
  if (!options.web.empty())
    options.sets.push_back("web.listen=" + options.web);
  auto node = sets_of(options.node, std::cerr);
  if (!node)
    return exit_codes::usage;
  std::ranges::move(*node, std::back_inserter(options.sets));
  auto settings = load_with(sockets, options);
  if (!settings)
    return exit_codes::usage;
  try {
    serve(options, *settings, sockets);
  } catch (const std::exception& error) {
    std::cerr << "xylem: " << error.what() << '\n';
    return exit_codes::failed;
  }
  return exit_codes::ok;
}

} // namespace

void add_run(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<run_options>();
  auto command =
      app.add_subcommand("run", "Run the gateway; its port comes from --config, --serial or --sim");
  command->add_option("--config", options->file, "Configuration file (TOML)")->type_name("FILE");
  auto serial = command
                    ->add_option("--serial", options->serial,
                                 "Port of the root: a device, a glob or tcp://host:port")
                    ->type_name("PORT");
  command->add_flag("--sim", options->simulate, "Plug in a simulated mesh: no hardware is needed")
      ->excludes(serial);
  command->add_option("--listen", options->listen, "Address of the client socket [127.0.0.1:5001]")
      ->type_name("HOST:PORT");
  command->add_option("--web", options->web, "Address of the page and the API [127.0.0.1:7654]")
      ->type_name("HOST:PORT");
  command
      ->add_option("--monitor", options->node.listen,
                   "Monitors may follow this gateway there, such as 0.0.0.0:7655")
      ->type_name("HOST:PORT");
  add_identity(*command, options->node);
  command
      ->add_option("--set", options->sets,
                   "Set one key, such as mesh.idle_timeout=50ms; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command->callback([options, &exit_code] { exit_code = run_gateway(*options); });
}

} // namespace xylem
