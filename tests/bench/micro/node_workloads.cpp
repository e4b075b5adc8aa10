#include "protocol/query.hpp"
#include "tests/bench/micro/workload.hpp"

#include <array>
#include <memory>
#include <stdexcept>

namespace xylem::bench {

namespace {

constexpr instant start{mono_time{std::chrono::hours{24}},
                        wall_time{std::chrono::milliseconds{1'700'000'000'000}}};
constexpr std::size_t depth = 10; // readings of a node: 30,000 × 10 fit into the cache
constexpr std::size_t batch = 1000;
constexpr std::size_t batches = 64; // until the same nodes have their turn again

event gps_of(node_address node) {
  static constexpr std::array<std::byte, 6> data{};
  return {.time = start.wall,
          .node = node,
          .code = type_code{"GPS"},
          .kind = event_kind::reading,
          .state = 1,
          .data = small_bytes{data}};
}

/// A table whose nodes have each sent all that is kept of them, and a query engine over it.
struct full_table {
  explicit full_table(std::size_t nodes) {
    for (std::size_t round = 0; round < depth; ++round)
      for (std::size_t node = 1; node <= nodes; ++node)
        table.apply(gps_of({static_cast<std::uint16_t>(node)}), start.mono, changes);
    changes.clear();
    for (std::size_t i = 0; i < batch * batches; ++i)
      subjects.push_back({static_cast<std::uint16_t>(1 + random.below(nodes))});
  }

  /// The nodes that have their turn.
  std::span<const node_address> next_subjects() {
    turn = (turn + 1) % batches;
    return std::span{subjects}.subspan(turn * batch, batch);
  }

  void update() {
    changes.clear();
    for (auto node : next_subjects())
      table.apply(gps_of(node), start.mono, changes);
    keep(changes.data());
  }

  void ask(query asked) {
    if (queries.answer(asked, out))
      throw std::logic_error{"no reading"};
  }

  node_table table{{.history_depth = depth}};
  std::shared_ptr<const dialect> speech = make_dialect("classic");
  query_engine queries{table, *speech};
  std::vector<event> changes{};
  bytes out{};
  fixed_random random{};
  std::vector<node_address> subjects{};
  std::size_t turn = 0;
};

workload updates(std::size_t nodes) {
  auto all = std::make_shared<full_table>(nodes);
  return {[all] { all->update(); }, batch};
}

/// The latest reading of one node.
workload gets(std::size_t nodes) {
  auto all = std::make_shared<full_table>(nodes);
  auto operation = [all] {
    all->out.clear();
    for (auto node : all->next_subjects())
      all->ask({.kind = request_kind::get, .node = node, .code = type_code{"GPS"}});
    keep(all->out.data());
  };
  operation();
  return {operation, batch, all->out.size()};
}

workload one_query(std::size_t nodes, query asked) {
  auto all = std::make_shared<full_table>(nodes);
  auto operation = [all, asked] {
    all->out.clear();
    all->ask(asked);
    keep(all->out.data());
  };
  operation();
  return {operation, 1, all->out.size()};
}

/// What happens every second.
workload sweeps(std::size_t nodes) {
  auto all = std::make_shared<full_table>(nodes);
  auto operation = [all] {
    all->changes.clear();
    all->table.sweep(start, all->changes);
  };
  return {operation, nodes};
}

} // namespace

void add_nodes(workload_table& table) {
  for (std::size_t nodes : {10, 1'000, 30'000}) {
    auto parameter = "/" + std::to_string(nodes);
    table.push_back({"node_update" + parameter, [=] { return updates(nodes); }});
    table.push_back({"node_get" + parameter, [=] { return gets(nodes); }});
    table.push_back({"node_get_active" + parameter, [=] {
                       return one_query(nodes, {.node = every_address, .code = type_code{"GPS"}});
                     }});
    table.push_back({"node_sweep" + parameter, [=] { return sweeps(nodes); }});
  }
  query history{.kind = request_kind::history,
                .max = depth,
                .node = node_address{5},
                .code = type_code{"GPS"}};
  table.push_back({"node_history/10", [=] { return one_query(10, history); }});
}

} // namespace xylem::bench
