#include "protocol/replay.hpp"

#include <doctest/doctest.h>

using namespace xylem;

namespace {

constexpr std::uint64_t epoch = 77;
constexpr wall_time now{};

using numbers = std::vector<std::uint64_t>;

event_ring ring_of(std::size_t count, std::size_t room = 1000) {
  event_ring ring{epoch, room, 1 << 20};
  for (std::size_t i = 0; i < count; ++i)
    ring.push({.kind = i % 2 == 0 ? event_kind::reading : event_kind::message});
  return ring;
}

numbers seqs(const replay_page& page) {
  numbers all;
  for (const auto& what : page.events)
    all.push_back(what.seq);
  return all;
}

} // namespace

TEST_CASE("who gives no cursor learns only where the newest event is") {
  auto page = read_page(ring_of(5), {.max_events = 10}, now);
  CHECK(page.events.empty());
  CHECK_FALSE(page.gap);
  CHECK(page.reached == cursor{epoch, 5});
  CHECK(page.complete);
}

TEST_CASE("who gives a cursor gets what came after it") {
  auto page = read_page(ring_of(5), {.from = cursor{epoch, 3}, .max_events = 10}, now);
  CHECK(seqs(page) == numbers{4, 5});
  CHECK(page.reached == cursor{epoch, 5});
  CHECK(page.complete);
  CHECK(read_page(ring_of(5), {.from = cursor{epoch, 5}, .max_events = 10}, now).complete);
}

TEST_CASE("pages follow each other without a hole or a repeat, whatever their size and filter") {
  auto ring = ring_of(23);
  for (std::size_t size = 1; size <= 24; ++size)
    for (auto filtered : {false, true}) {
      subscriber_filter filter;
      if (filtered)
        filter.kinds = {event_kind::message};
      numbers all;
      replay_page page{.reached = {epoch, 2}};
      for (auto turns = 0; !page.complete; ++turns) {
        REQUIRE(turns < 24);
        page = read_page(ring, {.from = page.reached, .filter = filter, .max_events = size}, now);
        CHECK(page.events.size() <= size);
        auto more = seqs(page);
        all.insert(all.end(), more.begin(), more.end());
      }
      numbers expected;
      for (std::uint64_t seq = 3; seq <= 23; ++seq)
        if (!filtered || seq % 2 == 0)
          expected.push_back(seq);
      CHECK(all == expected);
      CHECK(page.reached == ring.newest());
    }
}

TEST_CASE("a page counts what it looks at, so a narrow filter costs no more than a wide one") {
  auto page = read_page(ring_of(20),
                        {.from = cursor{epoch, 0},
                         .filter = {.kinds = {event_kind::incident}},
                         .max_events = 5},
                        now);
  CHECK(page.events.empty());
  CHECK(page.reached == cursor{epoch, 5});
  CHECK_FALSE(page.complete);
}

TEST_CASE("what fell out of the ring is a gap before the first page, and in no later one") {
  auto ring = ring_of(20, 10);
  auto page = read_page(ring, {.from = cursor{epoch, 3}, .max_events = 4}, now);
  REQUIRE(page.gap);
  CHECK(gap_of(*page.gap) == told_gap{.from = 4, .to = 10, .count = 7, .reason = "overwritten"});
  CHECK(seqs(page) == numbers{11, 12, 13, 14});
  auto next = read_page(ring, {.from = page.reached, .max_events = 100}, now);
  CHECK_FALSE(next.gap);
  CHECK(seqs(next).front() == 15);
}

TEST_CASE("a cursor of another life of the hub, or of the future, is a gap") {
  auto ring = ring_of(2);
  auto other = read_page(ring, {.from = cursor{epoch - 1, 2}, .max_events = 10}, now);
  REQUIRE(other.gap);
  CHECK(gap_of(*other.gap)->reason == "other epoch");
  CHECK(seqs(other) == numbers{1, 2});
  CHECK(other.reached == cursor{epoch, 2});
  auto future = read_page(ring, {.from = cursor{epoch, 3}, .max_events = 10}, now);
  REQUIRE(future.gap);
  CHECK(gap_of(*future.gap)->reason == "from the future");
}

TEST_CASE("a hub that has told nothing yet is a complete page") {
  auto page = read_page(ring_of(0), {.from = cursor{epoch, 0}, .max_events = 10}, now);
  CHECK(page.complete);
  CHECK_FALSE(page.gap);
  CHECK(page.reached == cursor{epoch, 0});
}
