#include "protocol/event_journal.hpp"
#include "protocol/event_ring.hpp"
#include "protocol/limits.hpp"
#include "protocol/replay.hpp"
#include "protocol/subscriber_filter.hpp"
#include "tests/bench/micro/workload.hpp"

#include <array>
#include <memory>

namespace xylem::bench {

namespace {

constexpr std::size_t batch = 1000;

/// Readings of many nodes, among them a message now and then.
std::vector<event> mixed_events() {
  static constexpr std::array<std::byte, 6> data{};
  fixed_random random;
  std::vector<event> all;
  for (std::size_t i = 0; i < batch; ++i) {
    auto is_message = random.below(10) == 0;
    all.push_back({.node = node_address{static_cast<std::uint16_t>(1 + random.below(1000))},
                   .code = type_code{is_message ? "[M]" : "GPS"},
                   .kind = is_message ? event_kind::message : event_kind::reading,
                   .data = small_bytes{data}});
  }
  return all;
}

/// A ring of the size that it has by default, and full.
struct full_ring {
  full_ring() {
    while (ring.size() < limits::event_ring_events)
      for (const auto& what : events)
        ring.push(what);
  }

  std::vector<event> events = mixed_events();
  event_ring ring{1, limits::event_ring_events, limits::event_ring_bytes};
};

workload pushing() {
  auto all = std::make_shared<full_ring>();
  auto operation = [all] {
    for (const auto& what : all->events)
      keep(all->ring.push(what).seq);
  };
  return {operation, batch};
}

/// What the event hub does: each event is numbered and offered to the filter of each subscriber.
workload fanning_out(std::size_t subscribers) {
  struct state : full_ring {
    std::vector<subscriber_filter> filters{};
    std::vector<event> wanted{};
  };
  auto all = std::make_shared<state>();
  for (std::size_t i = 0; i < subscribers; ++i)
    all->filters.push_back(
      {.kinds = {event_kind::message, event_kind::request, event_kind::root_restarted},
       .meshes = selection<mesh_index>{{mesh_index{}}}});
  auto operation = [all] {
    all->wanted.clear();
    for (const auto& what : all->events) {
      const auto& numbered = all->ring.push(what);
      for (const auto& filter : all->filters)
        if (filter.matches(numbered))
          all->wanted.push_back(numbered);
    }
    keep(all->wanted.data());
  };
  return {operation, batch};
}

/// Somebody was away and takes the last thousand events.
workload catching_up() {
  auto all = std::make_shared<full_ring>();
  auto operation = [all] {
    auto seen = all->ring.newest();
    seen.seq -= batch;
    auto missed = all->ring.read_after(seen);
    for (std::size_t i = 0; i < missed.events.size(); ++i)
      keep(missed.events[i].seq);
  };
  return {operation, batch};
}

/// What recording costs the hub: each event goes to the crash journal, too.
workload journalling() {
  struct state : full_ring {
    std::vector<std::byte> memory = std::vector<std::byte>(1 << 20);
    journal_writer journal{memory, {1, 1}};
  };
  auto all = std::make_shared<state>();
  auto operation = [all] {
    for (const auto& what : all->events)
      all->journal.append(what);
    keep(all->memory.data());
  };
  return {operation, batch};
}

/// And the recorder takes a copy of each, a page at a time.
workload recording() {
  auto all = std::make_shared<full_ring>();
  auto operation = [all] {
    auto seen = all->ring.newest();
    seen.seq -= batch;
    auto page = read_page(all->ring, {.from = seen, .max_events = limits::recorded_at_once}, {});
    keep(page.events.data());
  };
  return {operation, batch};
}

} // namespace

void add_events(workload_table& table) {
  table.push_back({"event_ring/push", pushing});
  table.push_back({"event_ring/read_after", catching_up});
  table.push_back({"event_journal/append", journalling});
  table.push_back({"event_replay/page", recording});
  for (std::size_t subscribers : {1, 64})
    table.push_back({"event_fanout/" + std::to_string(subscribers),
                     [=] { return fanning_out(subscribers); }});
}

} // namespace xylem::bench
