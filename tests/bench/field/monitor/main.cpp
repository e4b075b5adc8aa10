#include "crowd.hpp"
#include "follow.hpp"
#include "round_trip.hpp"

#include <boost/json/serialize.hpp>

#include <CLI/CLI.hpp>

#include <iostream>

#include <sys/prctl.h>

namespace {

void print(const boost::json::object& result) {
  std::cout << boost::json::serialize(result) << std::endl;
}

} // namespace

/// What follows a gateway over CAF, and plain CAF to compare with. Each prints one line of JSON.
int main(int argc, char** argv) {
  using namespace xylem::bench;
  prctl(PR_SET_TIMERSLACK, 1);
  CLI::App app{"Follows a gateway, or measures plain CAF", "xylem_bench_monitor"};
  app.require_subcommand(1);

  follow_options options;
  auto* follow = app.add_subcommand("follow", "A monitor that times marked messages");
  follow->add_option("--gateway", options.gateway, "HOST:PORT")->capture_default_str();
  follow->add_option("--pki", options.pki, "Folder of the certificates")->required();
  follow->add_option("--name", options.name, "Whose certificate")->required();
  follow->add_option("--count", options.count, "End when so many messages have come");
  follow->add_option("--duration", options.duration_s, "End after so many seconds");
  follow->callback([&] { print(run_follow(options)); });

  crowd_options many;
  auto* crowd = app.add_subcommand("crowd", "Monitors that cost little: one thread for all");
  crowd->add_option("--gateway", many.gateway, "HOST:PORT")->capture_default_str();
  crowd->add_option("--pki", many.pki, "Folder of the certificates")->required();
  crowd->add_option("--name", many.names, "Whose certificates, one a monitor")->required();
  crowd->add_option("--count", many.count, "End when each has so many readings and messages");
  crowd->add_option("--duration", many.duration_s, "End after so many seconds");
  crowd->callback([&] { print(run_crowd(many)); });

  std::uint16_t port = 0;
  std::uint32_t count = 20'000;
  auto* serve = app.add_subcommand("caf-echo", "An actor of plain CAF that answers");
  serve->add_option("--port", port, "Of 127.0.0.1")->required();
  serve->callback([&] { serve_round_trips(port); });
  auto* ask = app.add_subcommand("caf-load", "Asks it, one request after the other");
  ask->add_option("--port", port, "Of 127.0.0.1")->required();
  ask->add_option("--count", count, "Requests")->capture_default_str();
  ask->callback([&] { print(run_round_trips(port, count)); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::cerr << "xylem_bench_monitor: " << error.what() << '\n';
    return 2;
  }
  return 0;
}
