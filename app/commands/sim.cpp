#include "app/commands/sim.hpp"

#include "app/commands/client_options.hpp"
#include "app/config/quantity.hpp"
#include "app/sim/scenario.hpp"
#include "app/sim/sim_runner.hpp"

#include <CLI/CLI.hpp>

#include <atomic>
#include <csignal>
#include <iostream>
#include <memory>

namespace xylem {

namespace {

/// Who is told of a signal; there is one at a time.
std::atomic<sim_runner*> signalled{nullptr};

extern "C" void stop_signalled_runner(int) {
  if (auto* runner = signalled.load())
    runner->stop();
}

/// While it lives, SIGINT and SIGTERM stop the runner.
class stop_on_signal {
public:
  explicit stop_on_signal(sim_runner& runner) {
    signalled = &runner;
    struct sigaction action {};
    action.sa_handler = stop_signalled_runner;
    sigaction(SIGINT, &action, &old_interrupt_);
    sigaction(SIGTERM, &action, &old_terminate_);
  }

  stop_on_signal(const stop_on_signal&) = delete;
  stop_on_signal& operator=(const stop_on_signal&) = delete;

  ~stop_on_signal() {
    sigaction(SIGINT, &old_interrupt_, nullptr);
    sigaction(SIGTERM, &old_terminate_, nullptr);
    signalled = nullptr;
  }

private:
  struct sigaction old_interrupt_ {};
  struct sigaction old_terminate_ {};
};

void set_time(std::chrono::nanoseconds& target, const std::string& name, const std::string& text) {
  auto time = parse_milliseconds(text);
  if (!time || *time > max_sim_time)
    throw CLI::ValidationError{name, text + " is no time such as 500ms or 3s, up to 30d"};
  target = *time;
}

CLI::Option* add_time(CLI::App& command, const std::string& name, sim_time& target,
                      const std::string& help) {
  return command
      .add_option_function<std::string>(
          name, [&target, name](const std::string& text) { set_time(target, name, text); }, help)
      ->type_name("TIME");
}

/// Fault options as they were given; those that were, become steps.
struct fault_options {
  sim_step garbage{.action = sim_action::garbage};
  sim_step flip{.action = sim_action::flip};
  sim_step truncate{.action = sim_action::truncate};
  sim_step log_inside{.action = sim_action::log_inside};
  sim_step unplug{.action = sim_action::unplug, .duration = 1s};
  sim_step reset{.action = sim_action::reset};
  sim_step stall{.action = sim_action::stall, .duration = 1s};

  void append_to(std::vector<sim_step>& steps) const {
    for (const auto& step : {garbage, flip, truncate, log_inside})
      if (step.probability > 0)
        steps.push_back(step);
    for (auto step : {unplug, reset, stall})
      if (step.every > 0s) {
        step.at = step.every;
        steps.push_back(step);
      }
  }
};

struct sim_arguments : sim_command_options {
  fault_options faults;
};

void add_mesh_options(CLI::App& command, root_options& root) {
  command.add_option("--nodes", root.nodes, "Nodes of the mesh")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{0}, max_sim_nodes));
  command.add_option("--seed", root.seed, "The same seed makes the same mesh and traffic")
      ->capture_default_str();
  command
      .add_option_function<std::string>(
          "--types",
          [&root](const std::string& text) {
            try {
              root.types = parse_sim_types(text);
            } catch (const std::invalid_argument& error) {
              throw CLI::ValidationError{"--types", error.what()};
            }
          },
          "What nodes measure: GPS, TMP, BAT, or any CODE:LENGTH [GPS,TMP,BAT,DYN:8]")
      ->type_name("LIST");
  command.add_option("--escape-pct", root.escape_percent, "Escaped share of dynamic readings")
      ->type_name("PERCENT")
      ->check(CLI::Range(0.0, 100.0));
  command.add_flag("--trailer", root.trailer, "Updates end with [E]");
  add_time(command, "--join-within", root.join_window, "Time in which all nodes join [2s]");
  add_time(command, "--heartbeat", root.heartbeat, "Heartbeat of each node, 0 for none [60s]");
}

void add_traffic_options(CLI::App& command, sim_options& sim) {
  auto& root = sim.root;
  command.add_option("--rate", root.rate, "Updates a second; 0: as fast as they are read")
      ->capture_default_str();
  command.add_option("--message-rate", root.message_rate, "Messages a second")
      ->capture_default_str();
  command.add_option("--request-rate", root.request_rate, "Requests of nodes a second")
      ->capture_default_str();
  command.add_option("--count", root.count, "End a second after this many updates");
  command.add_option("--baud", root.baud, "Rate of the root's UART: paces it, and another one of the port garbles; 0: neither")
      ->capture_default_str();
  command
      .add_option_function<std::string>(
          "--reader",
          [&root](const std::string& text) { root.reader = parse_reader_kind(text).value(); },
          "How commands are read: in blocks as the field's roots do, or at once [field]")
      ->check(CLI::IsMember({"field", "immediate"}));
  command.add_flag("--reset-on-open", root.reset_on_open, "The root boots when it is opened");
  command.add_option("--link", sim.link, "Symbolic link that leads to the port")->type_name("PATH");
  command
      .add_option_function<std::string>(
          "--duration",
          [&sim](const std::string& text) { set_time(sim.duration.emplace(), "--duration", text); },
          "End after this time")
      ->type_name("TIME");
}

void add_fault_options(CLI::App& command, fault_options& faults) {
  auto add_probability = [&](const char* name, sim_step& step, const char* help) {
    command.add_option(name, step.probability, help)->type_name("P")->check(CLI::Range(0.0, 1.0));
  };
  add_probability("--garbage", faults.garbage, "Probability of noise before a frame");
  add_probability("--flip", faults.flip, "Probability of a flipped bit in a frame");
  add_probability("--truncate", faults.truncate, "Probability of a frame without its end");
  add_probability("--log-inside", faults.log_inside, "Probability of a log line in a frame");
  auto* unplug = add_time(command, "--unplug-every", faults.unplug.every, "Unplug so often");
  add_time(command, "--unplug-for", faults.unplug.duration, "for so long [1s]")->needs(unplug);
  command.add_option("--unplugs", faults.unplug.times, "and so many times")->needs(unplug);
  add_time(command, "--reset-every", faults.reset.every, "The root boots so often");
  auto* stall = add_time(command, "--stall-every", faults.stall.every,
                         "The root neither reads nor writes so often");
  add_time(command, "--stall-for", faults.stall.duration, "for so long [1s]")->needs(stall);
}

int run_with_faults(sim_arguments arguments) {
  arguments.faults.append_to(arguments.sim.root.steps);
  return run_sim(arguments, std::cout, std::cerr);
}

int run_steps(sim_options options, output_format format, std::ostream& out, std::ostream& err) {
  auto link = options.link;
  sim_runner runner{std::move(options)};
  stop_on_signal guard{runner};
  err << "port: " << runner.device() << std::endl;
  if (!link.empty())
    err << "link: " << link << std::endl;
  runner.run();
  auto statistics = runner.statistics();
  out << (format == output_format::json ? to_json(statistics) + '\n' : to_text(statistics));
  return exit_codes::ok;
}

} // namespace

int run_sim(const sim_command_options& options, std::ostream& out, std::ostream& err) {
  auto sim = options.sim;
  if (!options.scenario.empty()) {
    auto loaded = load_scenario(options.scenario);
    if (auto* problems = std::get_if<scenario_problems>(&loaded)) {
      for (const auto& problem : *problems)
        err << describe(problem, {});
      return exit_codes::usage;
    }
    auto& steps = std::get<std::vector<sim_step>>(loaded);
    sim.root.steps.insert(sim.root.steps.end(), steps.begin(), steps.end());
  }
  try {
    return run_steps(std::move(sim), options.as_json ? output_format::json : output_format::text,
                     out, err);
  } catch (const std::invalid_argument& error) {
    err << error.what() << '\n';
    return exit_codes::usage;
  } catch (const std::system_error& error) {
    err << error.what() << '\n';
    return exit_codes::failed;
  }
}

void add_sim(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<sim_arguments>();
  auto* command = app.add_subcommand("sim", "Simulate a root and its mesh on a pseudo terminal");
  add_mesh_options(*command, arguments->sim.root);
  add_traffic_options(*command, arguments->sim);
  add_fault_options(*command, arguments->faults);
  command->add_option("--scenario", arguments->scenario, "Steps that go wrong, a TOML file")
      ->type_name("FILE");
  command->add_flag("--json", arguments->as_json, "Statistics as one JSON object");
  command->callback([arguments, &exit_code] { exit_code = run_with_faults(*arguments); });
}

} // namespace xylem
