#include "protocol/event_ring.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace xylem;

namespace {

constexpr std::uint64_t epoch = 77;
constexpr std::size_t plenty = 1 << 20;

event reading(std::size_t size = 6) {
  return {.kind = event_kind::reading, .data = small_bytes{bytes(size)}};
}

std::vector<std::uint64_t> seqs(const event_range& range) {
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i < range.size(); ++i)
    out.push_back(range[i].seq);
  return out;
}

event_ring filled(std::size_t events, std::size_t max_events, std::size_t max_bytes = plenty) {
  event_ring ring{epoch, max_events, max_bytes};
  for (std::size_t i = 0; i < events; ++i)
    ring.push(reading());
  return ring;
}

using list = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("events are numbered from 1") {
  event_ring ring{epoch, 4, plenty};
  CHECK(ring.newest() == cursor{epoch, 0});
  CHECK(ring.push(reading()).seq == 1);
  CHECK(ring.push(reading()).seq == 2);
  CHECK(ring.newest() == cursor{epoch, 2});
}

TEST_CASE("the number that an event brings along is replaced") {
  event_ring ring{epoch, 4, plenty};
  auto what = reading();
  what.seq = 42;
  CHECK(ring.push(what).seq == 1);
}

TEST_CASE("a cursor within the ring is continued exactly") {
  auto ring = filled(5, 8);
  auto next = ring.read_after({epoch, 2});
  CHECK_FALSE(next.gap);
  CHECK(seqs(next.events) == list{3, 4, 5});
  CHECK(seqs(ring.read_after({epoch, 0}).events) == list{1, 2, 3, 4, 5});
}

TEST_CASE("a cursor at the newest event has nothing to read and no gap") {
  auto next = filled(5, 8).read_after({epoch, 5});
  CHECK_FALSE(next.gap);
  CHECK(next.events.empty());
}

TEST_CASE("an empty ring continues its own start without a gap") {
  auto next = filled(0, 8).read_after({epoch, 0});
  CHECK_FALSE(next.gap);
  CHECK(next.events.empty());
}

TEST_CASE("the ring keeps at most its number of events, the newest") {
  auto ring = filled(10, 4);
  CHECK(ring.size() == 4);
  CHECK(seqs(ring.read_after({epoch, 6}).events) == list{7, 8, 9, 10});
}

TEST_CASE("the last cursor before the oldest event is still exact") {
  auto ring = filled(10, 4); // holds 7 to 10
  CHECK_FALSE(ring.read_after({epoch, 6}).gap);
  CHECK(ring.read_after({epoch, 5}).gap);
}

TEST_CASE("a cursor that fell out is told what is lost, then continued from the oldest") {
  auto ring = filled(10, 4);
  auto next = ring.read_after({epoch, 2});
  CHECK(next.gap == event_gap{.from = 3, .to = 6, .count = 4, .reason = gap_reason::overwritten});
  CHECK(seqs(next.events) == list{7, 8, 9, 10});
}

TEST_CASE("a cursor of another epoch is told what this epoch lacks") {
  auto ring = filled(10, 4);
  auto next = ring.read_after({epoch - 1, 8});
  CHECK(next.gap == event_gap{.from = 1, .to = 6, .count = 6, .reason = gap_reason::other_epoch});
  CHECK(seqs(next.events) == list{7, 8, 9, 10});
}

TEST_CASE("a cursor of another epoch is a gap also when nothing of this epoch is missing") {
  auto ring = filled(2, 4);
  auto next = ring.read_after({epoch + 1, 2});
  CHECK(next.gap == event_gap{.from = 1, .to = 0, .count = 0, .reason = gap_reason::other_epoch});
  CHECK(seqs(next.events) == list{1, 2});
}

TEST_CASE("a cursor from the future is told so, and continued from the oldest") {
  auto ring = filled(10, 4);
  auto next = ring.read_after({epoch, 11});
  CHECK(next.gap == event_gap{.from = 1, .to = 6, .count = 6, .reason = gap_reason::from_future});
  CHECK(seqs(next.events) == list{7, 8, 9, 10});
  CHECK(ring.read_after({epoch, ~std::uint64_t{0}}).gap->reason == gap_reason::from_future);
}

TEST_CASE("a gap becomes an event whose seq is the cursor to go on from") {
  auto told = to_event({3, 6, 4, gap_reason::overwritten}, wall_time{std::chrono::seconds{9}});
  CHECK(told.kind == event_kind::gap);
  CHECK(told.seq == 6);
  CHECK(told.id == 4);
  CHECK(told.time == wall_time{std::chrono::seconds{9}});
  CHECK(gap_of(told) == told_gap{.from = 3, .to = 6, .count = 4, .reason = "overwritten"});
}

TEST_CASE("only a gap tells what was lost") {
  auto told = make_gap_event({1, 2, 2, "why"}, {});
  CHECK(gap_of(told).has_value());
  told.kind = event_kind::incident;
  CHECK_FALSE(gap_of(told));
  CHECK_FALSE(gap_of({.kind = event_kind::gap, .data = small_bytes{view_of("short")}}));
  CHECK_FALSE(gap_of({.kind = event_kind::gap, .data = small_bytes{bytes(15)}}));
}

TEST_CASE("a gap tells the same when a hub elsewhere has given it a number of its own") {
  auto gap = make_gap_event({3, 6, 4, "overwritten"}, {});
  event_ring elsewhere{epoch, 4, plenty};
  elsewhere.push(reading());
  CHECK(gap_of(elsewhere.push(gap))
        == told_gap{.from = 3, .to = 6, .count = 4, .reason = "overwritten"});
}

TEST_CASE("the ring keeps at most its bytes, heap included") {
  // Three events of 100 bytes beside the object fit, a fourth does not.
  auto one = sizeof(event) + 100;
  event_ring ring{epoch, 100, 3 * one + sizeof(event) - 1};
  for (auto i = 0; i < 4; ++i)
    ring.push(reading(100));
  CHECK(ring.size() == 3);
  CHECK(ring.bytes() == 3 * one);
  ring.push(reading(6)); // inline: the object alone, for which one byte is missing
  CHECK(ring.bytes() == 2 * one + sizeof(event));
}

TEST_CASE("the newest event is kept even when it alone exceeds the bytes") {
  event_ring ring{epoch, 8, 100};
  ring.push(reading(6));
  ring.push(reading(4000));
  CHECK(ring.size() == 1);
  CHECK(seqs(ring.read_after({epoch, 1}).events) == list{2});
  ring.push(reading(6));
  CHECK(seqs(ring.read_after({epoch, 2}).events) == list{3});
}

TEST_CASE("a ring for no events keeps one") {
  auto ring = filled(3, 0, 0);
  CHECK(ring.size() == 1);
  CHECK(ring.newest().seq == 3);
}

TEST_CASE("a continuation is read in pages, whatever place the ring wraps at") {
  for (std::size_t pushed = 1000; pushed < 1010; ++pushed) {
    auto ring = filled(pushed, 10);
    auto all = ring.read_after({epoch, pushed - 10}).events;
    list expected, paged;
    for (auto seq = pushed - 9; seq <= pushed; ++seq)
      expected.push_back(seq);
    for (auto rest = all; !rest.empty(); rest = rest.skip(3))
      for (auto seq : seqs(rest.first(3)))
        paged.push_back(seq);
    CHECK(seqs(all) == expected);
    CHECK(paged == expected);
    CHECK(all.first(99).size() == 10);
    CHECK(all.skip(99).empty());
  }
}

TEST_CASE("every cursor gets all that is kept after it, and the gap counts exactly the rest") {
  for (auto seed = 1u; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    auto max_events = 1 + random() % 600; // also across the ring's own growth
    auto max_bytes = sizeof(event) * (1 + random() % 800);
    event_ring ring{epoch, max_events, max_bytes};
    std::uint64_t pushed = 0;
    for (auto round = 0; round < 200; ++round) {
      for (auto n = random() % 20; n > 0; --n) {
        auto size = random() % 5 == 0 ? random() % 200 : random() % 17;
        REQUIRE(ring.push(reading(size)).seq == ++pushed);
        REQUIRE(ring.size() <= max_events);
        REQUIRE((ring.bytes() <= max_bytes || ring.size() == 1));
      }
      auto from = random() % (pushed + 1);
      auto next = ring.read_after({epoch, from});
      auto lost = next.gap ? next.gap->count : 0;
      REQUIRE(from + lost + next.events.size() == pushed);
      std::size_t bytes = 0;
      for (std::size_t i = 0; i < next.events.size(); ++i) {
        REQUIRE(next.events[i].seq == from + lost + i + 1);
        bytes += event_size(next.events[i]);
      }
      if (next.gap)
        REQUIRE(bytes == ring.bytes());
    }
  }
}
