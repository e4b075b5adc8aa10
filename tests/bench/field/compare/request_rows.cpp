#include "load_runs.hpp"
#include "peers.hpp"
#include "rows.hpp"

namespace xylem::bench {

namespace {

using words = std::vector<std::string>;

void compare_requests(session& run, const std::string& row, const words& how) {
  auto gateway = start_gateway(run, {.root = {"--stay"}});
  auto redis = start_peer(run, row, "redis", start_redis);
  auto echo = start_echo(run);
  for (auto round = 1; round <= run.rounds(); ++round) {
    run.found.add(row, "xylem", run_load(run, gateway.server, how));
    run.found.add(row, "echo", run_load(run, echo, how));
    if (redis)
      run.found.add(row, "redis", run_load(run, *redis, how));
  }
}

} // namespace

boost::json::object run_load(session& run, const served_address& server, const words& how) {
  words command{"load",
                "--server",
                server.address,
                "--protocol",
                server.protocol,
                "--pid",
                std::to_string(server.pid),
                "--duration",
                number(run.pick(2, 1)),
                "--warm-up",
                number(run.pick(0.5, 0.2))};
  command.insert(command.end(), how.begin(), how.end());
  return run.run_tool(std::move(command));
}

void measure_get(session& run) {
  compare_requests(run, "get", {"--clients", "8"});
}

void measure_get_deep(session& run) {
  compare_requests(run, "get-deep", {"--clients", "8", "--depth", "16"});
}

/// The same question, by either protocol of one gateway.
void measure_rest(session& run) {
  auto gateway = start_gateway(run, {.root = {"--stay"}});
  for (auto round = 1; round <= run.rounds(); ++round) {
    run.found.add("rest", "socket", run_load(run, gateway.server, {"--clients", "8"}));
    run.found.add("rest", "http", run_load(run, gateway.on_web("http"), {"--clients", "8"}));
  }
}

void measure_one_shot(session& run) {
  compare_requests(run, "one-shot", {"--clients", "8", "--one-shot"});
}

} // namespace xylem::bench
