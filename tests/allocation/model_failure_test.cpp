// What the models of protocol/ are when memory was missing. Where the actor that owns one ends by
// it (node table, event ring, ledger, feed: actors/README.md), it must be possible to destroy it;
// where its owner goes on, its sums must be right and what comes next must be done.
#include "protocol/classic.hpp"
#include "protocol/event_ring.hpp"
#include "protocol/event_subscription.hpp"
#include "protocol/monitor_feed.hpp"
#include "protocol/node_table.hpp"
#include "protocol/push_queue.hpp"
#include "protocol/slot_table.hpp"
#include "tests/actors/wire_text.hpp"
#include "tests/allocation/allocation_failure.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

constexpr instant now{mono_time{std::chrono::hours{24}},
                      wall_time{std::chrono::milliseconds{1'700'000'000'000}}};

event reading_of(std::uint16_t node, std::size_t size = 40) {
  return {.time = now.wall,
          .node = node_address{node},
          .code = type_code{"GPS"},
          .kind = event_kind::reading,
          .state = 1,
          .data = small_bytes{bytes(size, std::byte{7})}};
}

/// Does `work` with the n-th allocation missing: true when one was, whatever came of it.
template <class Work>
bool misses(std::size_t nth, Work&& work) {
  allocation_failure missing{nth};
  try {
    work();
  } catch (const std::bad_alloc&) {
  }
  return missing.has_happened();
}

command hello() {
  return {.kind = command_kind::send, .node = node_address{5}, .message = bytes(100)};
}

void check_sums(const command_ledger& ledger) {
  auto sums = ledger.counters();
  CHECK(sums.accepted
        == sums.waiting + sums.written + sums.expired + sums.failed + sums.unknown);
  std::size_t waiting = 0, size = 0;
  for (const auto& each : ledger.all())
    if (each.state == command_state::accepted) {
      ++waiting;
      size += command_size(each.what);
    }
  CHECK(waiting == sums.waiting);
  CHECK(size == ledger.waiting_bytes());
}

} // namespace

TEST_CASE("A decoder counts every byte although memory is missing for what a frame says") {
  std::string wire;
  for (auto i = 0; i < 20; ++i)
    wire += root_frame(5, "[D]", "\1GPS\6\x0C\xDA\xC8\x4A\xC7\xEC") + "boot\n"
            + root_frame(5, "NET", "\1" + big16(5) + std::string(16, '\1')) + "\xFF\xFA";
  auto speech = make_dialect("classic");
  data_type_registry types;
  auto decode = [&](std::size_t nth, bool& missed) {
    frame_decoder decoder;
    root_message said;
    std::size_t understood = 0;
    decoder.feed(view_of(wire));
    allocation_failure missing{nth};
    for (auto found = decoder.next(); !std::holds_alternative<need_more>(found);
         found = decoder.next())
      try {
        if (auto frame = std::get_if<frame_view>(&found))
          speech->parse_root(frame->payload, types, said), ++understood;
      } catch (const std::bad_alloc&) {
      }
    missed = missing.has_happened();
    return std::pair{decoder.counters(), understood};
  };
  auto ignored = false;
  auto [sums, understood] = decode(1'000'000, ignored);
  auto places = fail_everywhere([&](std::size_t nth) {
    auto missed = false;
    auto [counted, told] = decode(nth, missed);
    CHECK(counted == sums);
    CHECK(told == understood - (missed ? 1 : 0));
    return missed;
  });
  CHECK(places > 0);
}

TEST_CASE("A ledger keeps its sums and every command wherever memory is missing") {
  auto places = fail_everywhere([](std::size_t nth) {
    command_ledger ledger{{.finished = 2}};
    ledger.link_up();
    std::vector<command_id> ids;
    for (auto i = 0; i < 4; ++i)
      ids.push_back(std::get<command_id>(ledger.accept(hello(), now)));
    auto missed = misses(nth, [&] {
      for (auto i = 0; i < 20; ++i)
        ledger.accept(hello(), now);
      ledger.written(ids[0], now);
      ledger.fail(ids[1], failure::timeout, now);
      ledger.give_up(ids[2], now);
      ledger.restore({.id = {1000}, .what = hello(), .accepted = now, .deadline = now});
      ledger.restore({.id = {1001},
                      .what = hello(),
                      .state = command_state::written,
                      .accepted = now,
                      .deadline = now});
      ledger.expire({now.mono + std::chrono::hours{1}, now.wall});
    });
    check_sums(ledger);
    CHECK(std::holds_alternative<command_id>(ledger.accept(hello(), now)));
    check_sums(ledger);
    return missed;
  });
  CHECK(places > 10);
}

TEST_CASE("A ring numbers events without a hole wherever memory is missing") {
  auto places = fail_everywhere([](std::size_t nth) {
    event_ring ring{1, 600, 1024 * 1024};
    std::uint64_t pushed = 0;
    auto missed = misses(nth, [&] {
      for (; pushed < 700; ++pushed)
        ring.push(reading_of(5));
    });
    CHECK(ring.newest().seq == pushed);
    CHECK(ring.push(reading_of(6)).seq == pushed + 1);
    auto all = ring.read_after({1, 0}).events;
    for (std::size_t i = 1; i < all.size(); ++i)
      REQUIRE(all[i].seq == all[i - 1].seq + 1);
    return missed;
  });
  CHECK(places > 2);
}

TEST_CASE("A table of nodes can be destroyed wherever memory was missing") {
  auto places = fail_everywhere([](std::size_t nth) {
    node_table table{{.history_depth = 4, .cache_bytes = 2000}};
    std::vector<event> changes;
    return misses(nth, [&] {
      for (std::uint16_t i = 0; i < 60; ++i)
        table.apply(reading_of(i % 20), now.mono, changes);
    });
  });
  CHECK(places > 20);
}

TEST_CASE("What is removed from a table of slots needs no memory, and its place is used again") {
  auto places = fail_everywhere([](std::size_t nth) {
    slot_table<std::unique_ptr<int>> table;
    std::vector<std::uint64_t> keys;
    keys.reserve(100);
    auto missed = misses(nth, [&] {
      for (auto i = 0; i < 100; ++i) {
        auto key = table.next_key();
        table.add(std::make_unique<int>(i));
        keys.push_back(key);
      }
    });
    CHECK(table.size() == keys.size());
    {
      allocation_failure missing{0, 1000};
      for (auto key : keys)
        table.remove(key);
      CHECK(!missing.has_happened());
    }
    CHECK(table.empty());
    auto key = table.next_key();
    table.add(std::make_unique<int>(1));
    CHECK(**table.find(key) == 1);
    return missed;
  });
  CHECK(places > 100);
}

TEST_CASE("A queue of pushes that there was no memory for holds what it held") {
  auto page = std::make_shared<push_page>();
  page->encoded.resize(13);
  page->ends = {13};
  auto places = fail_everywhere([&](std::size_t nth) {
    push_queue queue{1024, 1024 * 1024};
    std::size_t added = 0;
    auto missed = misses(nth, [&] {
      for (; added < 50; ++added)
        queue.add(page, 0);
    });
    CHECK(queue.size() == added);
    queue.wrote(13 * added);
    CHECK(queue.empty());
    return missed;
  });
  CHECK(places > 2);
}

TEST_CASE("A subscription counts every event once wherever memory is missing") {
  for (auto policy : {subscriber_policy::drop_oldest, subscriber_policy::latest,
                      subscriber_policy::disconnect}) {
    auto places = fail_everywhere([&](std::size_t nth) {
      event_subscription subscription{{.policy = policy, .snapshot = false}, 1};
      subscription.wanted_replay();
      subscription.replayed({.reached = {1, 0}, .newest = {1, 0}, .complete = true});
      auto missed = misses(nth, [&] {
        for (std::uint16_t i = 0; i < 100; ++i) {
          auto what = reading_of(i % 7);
          what.seq = i + 1U;
          subscription.offer(1, what);
          if (i % 30 == 29)
            subscription.next(20);
        }
      });
      auto sums = subscription.counters();
      CHECK(sums.published == sums.delivered + sums.coalesced + sums.dropped + sums.queued);
      return missed;
    });
    CHECK(places > 10);
  }
}

TEST_CASE("A feed of a monitor can be destroyed wherever memory was missing") {
  auto places = fail_everywhere([](std::size_t nth) {
    gate_memory memory;
    event_page page{.newest = {1, 50}};
    for (std::uint64_t i = 1; i <= 50; ++i) {
      page.events.push_back(reading_of(5));
      page.events.back().seq = i;
    }
    page.reached = {1, 50};
    std::optional<monitor_feed> feed;
    return misses(nth, [&] {
      memory.take(page);
      feed.emplace(monitor_subscription{.serial = 1, .from = cursor{1, 0}, .credit = 10}, memory);
      if (auto asked = feed->wanted_replay(memory))
        feed->replayed(page);
      while (feed->next_page(memory))
        feed->grant(10);
    });
  });
  CHECK(places > 10);
}
