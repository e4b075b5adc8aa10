// xylem_bench_micro: what the hot paths cost, in one process.
//   xylem_bench_micro [--benchmark_…]              times with Google Benchmark
//   xylem_bench_micro --list                       names
//   valgrind --tool=callgrind --instr-atstart=no xylem_bench_micro --count NAME OPERATIONS
#include "tests/bench/micro/workload.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <span>
#include <string_view>

using namespace xylem::bench;

namespace {

workload_table all_workloads() {
  workload_table table;
  add_frames(table);
  add_messages(table);
  add_nodes(table);
  add_events(table);
  add_queues(table);
  add_commands(table);
  add_actors(table);
  return table;
}

void measure(benchmark::State& state, const named_workload& subject) {
  auto work = subject.set_up();
  for (auto _ : state)
    work.operation();
  auto operations = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(operations * static_cast<std::int64_t>(work.items));
  if (work.bytes > 0)
    state.SetBytesProcessed(operations * static_cast<std::int64_t>(work.bytes));
}

int count(const workload_table& table, std::string_view name, std::string_view operations) {
  auto found = std::ranges::find(table, name, &named_workload::name);
  if (found == table.end()) {
    std::fprintf(stderr, "no such workload: %s\n", std::string{name}.c_str());
    return 2;
  }
  return count_instructions(*found, std::stoul(std::string{operations}));
}

} // namespace

int main(int argc, char** argv) {
  auto table = all_workloads();
  std::vector<std::string_view> words{argv + 1, argv + argc};
  if (words.size() == 3 && words[0] == "--count")
    return count(table, words[1], words[2]);
  if (words.size() == 1 && words[0] == "--list") {
    for (const auto& each : table)
      std::puts(each.name.c_str());
    return 0;
  }
  for (const auto& each : table)
    benchmark::RegisterBenchmark(each.name.c_str(),
                                 [&each](benchmark::State& state) { measure(state, each); });
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
