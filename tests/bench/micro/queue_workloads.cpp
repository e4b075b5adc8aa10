#include "protocol/push_queue.hpp"
#include "protocol/subscriber_queue.hpp"
#include "tests/bench/micro/workload.hpp"

#include <array>
#include <memory>
#include <stdexcept>

namespace xylem::bench {

namespace {

constexpr std::size_t batch = 64; // events that come together

/// A subscriber takes what it was offered.
workload subscriber_queues(subscriber_policy policy) {
  struct state {
    subscriber_queue queue;
    std::vector<event> events{};
  };
  static constexpr std::array<std::byte, 6> data{};
  auto all = std::make_shared<state>(state{.queue = subscriber_queue{policy}});
  for (std::size_t i = 0; i < batch; ++i)
    all->events.push_back({.node = node_address{static_cast<std::uint16_t>(i % 16)},
                           .code = type_code{"GPS"},
                           .data = small_bytes{data}});
  auto operation = [all, seq = std::uint64_t{0}]() mutable {
    for (auto& what : all->events) {
      what.seq = ++seq;
      all->queue.offer(what);
    }
    while (!all->queue.empty())
      keep(all->queue.take(batch).data());
  };
  return {operation, batch};
}

/// One page of pushes goes to every listener, and each of them takes it.
workload push_queues(std::size_t listeners) {
  constexpr std::size_t pushes = 8;
  constexpr std::size_t push_bytes = 27;
  struct state {
    std::shared_ptr<const push_page> page{};
    std::vector<push_queue> queues{};
  };
  auto page = std::make_shared<push_page>();
  page->encoded.resize(pushes * push_bytes);
  for (std::size_t i = 1; i <= pushes; ++i)
    page->ends.push_back(static_cast<std::uint32_t>(i * push_bytes));
  auto all = std::make_shared<state>(state{.page = page});
  for (std::size_t i = 0; i < listeners; ++i)
    all->queues.emplace_back(limits::listener_queue_pushes, limits::listener_queue_bytes);
  auto operation = [all] {
    for (auto& queue : all->queues) {
      for (std::size_t i = 0; i < pushes; ++i)
        if (!queue.add(all->page, i))
          throw std::logic_error{"a push did not fit"};
      queue.wrote(pushes * push_bytes);
    }
  };
  return {operation, listeners * pushes, listeners * pushes * push_bytes};
}

} // namespace

void add_queues(workload_table& table) {
  for (auto policy : {subscriber_policy::drop_oldest, subscriber_policy::latest})
    table.push_back({"subscriber_queue/" + std::string{to_string(policy)},
                     [=] { return subscriber_queues(policy); }});
  for (std::size_t listeners : {1, 1000})
    table.push_back({"push_queue/" + std::to_string(listeners),
                     [=] { return push_queues(listeners); }});
}

} // namespace xylem::bench
