#include "load_runs.hpp"
#include "rows.hpp"

#include "tests/bench/field/shared/clock.hpp"
#include "tests/bench/field/shared/gateway_probe.hpp"
#include "tests/bench/field/shared/process_usage.hpp"
#include "tests/bench/field/shared/sockets.hpp"

#include <boost/json/parse.hpp>

namespace xylem::bench {

namespace {

using words = std::vector<std::string>;

void sleep_s(double time_s) {
  std::this_thread::sleep_for(std::chrono::duration<double>{time_s});
}

boost::json::object memory_of(const running_server& server) {
  sleep_s(0.5);
  auto usage = usage_of(server.pid());
  return {{"rss_bytes", usage.rss_bytes}, {"peak_bytes", usage.peak_bytes}};
}

/// Readings that the gateway has to keep, all of 6 bytes.
struct filling {
  std::string name;
  int nodes;
  words types;
  int readings;

  int count() const { return nodes * static_cast<int>(types.size()) * readings; }
};

/// What the state of a gateway takes that was started with it, without a root.
void measure_restored_memory(session& run, const filling& plan, running_gateway& was,
                             const words& sets) {
  was.server.process.stop(60);
  auto again = start_again(run, was, sets);
  connect_when_listening(address_of(was.web));
  auto figures = memory_of(again);
  auto known = gateway_status(was.web).at_pointer("/meshes/0/cache/readings").to_number<int>();
  figures["missing_readings"] = plan.count() - known;
  run.found.add("memory", plan.name + ", restored", figures);
}

enum class record : std::uint8_t { off, on };

void measure_memory_of(session& run, const filling& plan, record wanted) {
  std::string types;
  for (const auto& type : plan.types)
    types += (types.empty() ? "" : ",") + type;
  auto depth = std::to_string(plan.readings);
  words sets{"mesh.history_depth=" + depth};
  auto folder = run.file("state-memory");
  std::filesystem::remove_all(folder);
  if (wanted == record::on)
    sets.push_back("state_dir=" + folder);
  // The count of the gateway is taken with a traffic of one message.
  auto gateway =
      start_gateway(run, {.sets = sets,
                          .root = {"--nodes", std::to_string(plan.nodes), "--types", types,
                                   "--readings", depth, "--traffic", "messages", "--count", "1"}});
  auto figures = session::result_of(gateway.root);
  figures["missing_readings"] = plan.count() - figures.at("readings").to_number<int>();
  for (const auto& each : memory_of(gateway.server))
    figures.insert(each);
  run.found.add("memory", plan.name + (wanted == record::on ? ", recorded" : ""), figures);
  if (wanted == record::on)
    measure_restored_memory(run, plan, gateway, sets);
}

running_gateway start_known(session& run, const std::string& nodes, const words& sets = {}) {
  return start_gateway(run, {.sets = sets, .root = {"--nodes", nodes, "--stay"}});
}

/// Of a core, while nothing happens.
double idle_percent(const running_gateway& gateway) {
  constexpr auto duration_s = 10.0;
  auto before = usage_of(gateway.server.pid()).cpu_s;
  sleep_s(duration_s);
  return (usage_of(gateway.server.pid()).cpu_s - before) / duration_s * 100;
}

/// The history of every node is full before the measuring, so that both do the same.
void measure_ingest_growth(session& run, const std::string& nodes) {
  auto gateway = start_gateway(
      run, {.sets = {"mesh.history_depth=10"},
            .root = {"--nodes", nodes, "--types", "ABC", "--value-size", "10", "--readings", "10",
                     "--traffic", "updates", "--duration", number(run.pick(2, 1))}});
  run.found.add("growth", "ingest " + nodes + " nodes", session::result_of(gateway.root));
}

} // namespace

void measure_idle(session& run) {
  auto plain = start_known(run, "1000");
  auto recorded = start_known(run, "1000", {"state_dir=" + run.file("state-idle")});
  auto client = connect_to(address_of(plain.server.address));
  auto other = connect_to(address_of(recorded.server.address));
  sleep_s(1);
  for (auto round = 1; round <= run.rounds(); ++round) {
    run.found.add("idle", "xylem", {{"cpu_percent", idle_percent(plain)}});
    run.found.add("idle", "recorded", {{"cpu_percent", idle_percent(recorded)}});
  }
}

void measure_memory(session& run) {
  for (auto round = 1; round <= run.rounds(); ++round) {
    for (auto wanted : {record::off, record::on}) {
      measure_memory_of(run, {"1000x3x128", 1000, {"ABC", "DEF", "GHI"}, 128}, wanted);
      measure_memory_of(run, {"30000x1x10", 30'000, {"ABC"}, 10}, wanted);
    }
  }
}

void measure_growth(session& run) {
  auto few = start_known(run, "10");
  auto many = start_known(run, "30000");
  for (auto round = 1; round <= run.rounds(); ++round) {
    run.found.add("growth", "get 10 nodes", run_load(run, few.server, {"--nodes", "10"}));
    run.found.add("growth", "get 30000 nodes", run_load(run, many.server, {"--nodes", "30000"}));
    run.found.add("growth", "get 1 idle",
                  run_load(run, few.server, {"--nodes", "10", "--idle", "1"}));
    run.found.add("growth", "get 1000 idle",
                  run_load(run, few.server, {"--nodes", "10", "--idle", "1000"}));
  }
  few.server.process.stop();
  many.server.process.stop();
  for (auto round = 1; round <= run.rounds(); ++round) {
    measure_ingest_growth(run, "10");
    measure_ingest_growth(run, "30000");
  }
}

/// Another program has the decoder: it is built with Google's benchmark library, if there is one.
void measure_decode(session& run) {
  auto program =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "xylem_bench_micro";
  if (!std::filesystem::exists(program)) {
    run.found.add_missing("decode", "",
                          "xylem_bench_micro is not built (package libbenchmark-dev)");
    return;
  }
  for (auto round = 1; round <= run.rounds(); ++round) {
    auto micro = run.serve(
        {program.string(), "--benchmark_filter=^frame_decode/200/", "--benchmark_format=json"});
    auto told = session::result_of(micro);
    for (const auto& each : told.at("benchmarks").as_array()) {
      std::string name{each.at("name").as_string()};
      for (const std::string escapes : {"0", "2", "50"})
        if (name.ends_with("/200/" + escapes))
          run.found.add("decode", escapes + " %", each.as_object());
    }
  }
}

} // namespace xylem::bench
