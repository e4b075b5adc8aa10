#include "sweeps.hpp"
#include "load_runs.hpp"
#include "peers.hpp"
#include "rows.hpp"

namespace xylem::bench {

namespace {

using words = std::vector<std::string>;

void add_point(session& run, const sweep& what, const running_server& server, int x) {
  words how{std::string{what.option}, std::to_string(x), "--duration", "1", "--warm-up", "0.2"};
  auto figures = run_load(run, server, how);
  figures["x"] = x;
  run.found.add(std::string{what.row}, server.name, figures);
}

/// The gateway must know as many nodes as are asked for: each point has its own.
void sweep_nodes(session& run, const sweep& what) {
  auto redis = start_peer(run, std::string{what.row}, "redis", start_redis);
  for (auto nodes : what.points) {
    auto gateway = start_gateway(run, {.root = {"--nodes", std::to_string(nodes), "--stay"}});
    for (auto round = 1; round <= run.rounds(); ++round) {
      add_point(run, what, gateway.server, nodes);
      if (redis)
        add_point(run, what, *redis, nodes);
    }
  }
}

void sweep_clients(session& run, const sweep& what) {
  auto gateway = start_gateway(run, {.root = {"--stay"}});
  auto redis = start_peer(run, std::string{what.row}, "redis", start_redis);
  auto echo = start_echo(run);
  for (auto round = 1; round <= run.rounds(); ++round)
    for (auto x : what.points) {
      add_point(run, what, gateway.server, x);
      add_point(run, what, echo, x);
      if (redis)
        add_point(run, what, *redis, x);
    }
}

} // namespace

std::span<const sweep> sweeps() {
  static const std::vector<sweep> all{
      {"sweep-nodes", "nodes", "--nodes", {10, 100, 1000, 10'000, 30'000}},
      {"sweep-connections", "connections", "--clients", {1, 8, 64, 250, 1000}},
      {"sweep-depth",
       "requests under way on each of 8 connections",
       "--depth",
       {1, 2, 4, 8, 16, 32, 64}}};
  return all;
}

void measure_sweeps(session& run) {
  for (const auto& what : sweeps())
    what.option == "--nodes" ? sweep_nodes(run, what) : sweep_clients(run, what);
}

} // namespace xylem::bench
