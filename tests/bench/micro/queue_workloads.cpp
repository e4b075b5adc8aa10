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

/// Pushes that came one after the other go to every listener, and each takes them all at once.
workload push_queues(std::size_t listeners) {
  constexpr std::size_t pushes = 8;
  constexpr std::size_t push_bytes = 27;
  struct state {
    std::vector<std::shared_ptr<const push_page>> pages{};
    std::vector<push_queue> queues{};
  };
  auto all = std::make_shared<state>();
  for (std::size_t i = 0; i < pushes; ++i)
    all->pages.push_back(
      std::make_shared<push_page>(push_page{bytes(push_bytes), {std::uint32_t{push_bytes}}}));
  for (std::size_t i = 0; i < listeners; ++i)
    all->queues.emplace_back(limits::listener_queue_pushes, limits::listener_queue_bytes);
  auto operation = [all] {
    for (auto& queue : all->queues) {
      for (const auto& page : all->pages)
        if (!queue.add(page, 0))
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
