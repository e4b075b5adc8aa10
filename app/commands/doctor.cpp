#include "app/commands/doctor.hpp"

#include "app/commands/doctor_text.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <unistd.h>

#include <cstdlib>
#include <ostream>

namespace xylem {

namespace {

constexpr int longest_listening = 600; // seconds

/// A gateway that runs answers at once; one that does not need not be waited for.
constexpr std::chrono::milliseconds patience{2'000};

int exit_code_of(severity worst) {
  switch (worst) {
  case severity::ok:
  case severity::note: return exit_codes::ok;
  case severity::warning: return doctor_warns;
  case severity::error: return exit_codes::failed;
  }
  return exit_codes::failed;
}

/// People who look on, and have not said that they want no colours.
text_style standard_style() {
  return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr ? text_style::colours
                                                                          : text_style::plain;
}

} // namespace

int run_doctor(const doctor_arguments& arguments, const host_probe& host, const console& io) {
  auto request = arguments.request;
  request.gateway = arguments.client.gateway;
  auto findings = examine(request, host);
  if (arguments.client.format == output_format::json)
    io.out << findings_document(findings) << '\n';
  else
    print_findings(io.out, findings, standard_style());
  return exit_code_of(worst_of(findings));
}

void add_doctor(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<doctor_arguments>();
  auto& request = arguments->request;
  auto* command = app.add_subcommand(
      "doctor",
      "Examine port, machine and gateway: what is wrong, and the command that repairs it");
  command
      ->add_option("--config", request.file,
                   "Configuration file [/etc/xylem/xylem.toml, if it exists]")
      ->type_name("FILE");
  command->add_option("--serial", request.serial, "Port of the root, instead of the configured one")
      ->type_name("PORT");
  command->add_option("--set", request.sets, "Set one key, as of run; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command
      ->add_option_function<int>(
          "--listen",
          [arguments](int count) { arguments->request.listen = std::chrono::seconds{count}; },
          "Longest time to listen to a port, at each rate [3]")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, longest_listening));
  arguments->client.gateway.timeout = patience;
  add_gateway_options(*command, arguments->client);
  command->callback([arguments, command, &exit_code] {
    arguments->request.asks_there = command->get_option("--url")->count() > 0;
    exit_code = run_doctor(*arguments, this_host(), standard_console());
  });
}

} // namespace xylem
