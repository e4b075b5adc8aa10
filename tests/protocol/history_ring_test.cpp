#include "protocol/history_ring.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <random>

using namespace xylem;

namespace {

reading numbered(std::uint64_t seq, std::size_t size = 6) {
  return {.seq = seq, .data = small_bytes{bytes(size)}};
}

std::size_t push(history_ring& ring, const reading& next, std::size_t depth) {
  return ring.push(next.seq, next.time, next.data, depth);
}

std::vector<std::uint64_t> newest_first(const history_ring& ring) {
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i < ring.size(); ++i)
    out.push_back(ring.newest(i).seq);
  return out;
}

using list = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("the newest reading comes first") {
  history_ring ring;
  for (auto seq : list{1, 2, 3})
    push(ring, numbered(seq), 128);
  CHECK(newest_first(ring) == list{3, 2, 1});
  CHECK(ring.newest().seq == 3);
  CHECK(ring.oldest().seq == 1);
}

TEST_CASE("beyond its depth a ring drops the oldest reading and tells its cost") {
  history_ring ring;
  CHECK(push(ring, numbered(1, 100), 3) == 0);
  CHECK(push(ring, numbered(2), 3) == 0);
  CHECK(push(ring, numbered(3), 3) == 0);
  CHECK(push(ring, numbered(4), 3) == sizeof(reading) + 100); // of 1: 100 bytes are on the heap
  CHECK(newest_first(ring) == list{4, 3, 2});
  CHECK(push(ring, numbered(5), 3) == sizeof(reading)); // of 2: 6 bytes are inline
  CHECK(newest_first(ring) == list{5, 4, 3});
}

TEST_CASE("a ring holds the latest reading whatever its depth is") {
  history_ring ring;
  push(ring, numbered(1), 0);
  CHECK(newest_first(ring) == list{1});
  push(ring, numbered(2), 1);
  CHECK(newest_first(ring) == list{2});
  push(ring, numbered(3), 0);
  CHECK(newest_first(ring) == list{3});
}

TEST_CASE("a smaller depth drops as many readings as are too many") {
  history_ring ring;
  for (std::uint64_t seq = 1; seq <= 8; ++seq)
    push(ring, numbered(seq), 8);
  CHECK(push(ring, numbered(9), 3) == 6 * sizeof(reading)); // 1 to 6
  CHECK(newest_first(ring) == list{9, 8, 7});
  push(ring, numbered(10), 5);
  CHECK(newest_first(ring) == list{10, 9, 8, 7});
}

TEST_CASE("the oldest reading can be taken, and the room given back, at any time") {
  history_ring ring;
  for (std::uint64_t seq = 1; seq <= 10; ++seq)
    push(ring, numbered(seq), 8); // it has wrapped around: 3 to 10 are left
  for (std::uint64_t seq = 3; seq <= 9; ++seq) {
    CHECK(ring.oldest().seq == seq);
    CHECK(ring.pop_oldest() == sizeof(reading));
    ring.shrink();
    CHECK(ring.newest().seq == 10);
  }
  CHECK(newest_first(ring) == list{10});
  push(ring, numbered(11), 8);
  CHECK(newest_first(ring) == list{11, 10});
}

TEST_CASE("a ring is what a queue of bounded length is, through every push, pop and shrink") {
  std::mt19937_64 random{5};
  for (auto round = 0; round < 200; ++round) {
    history_ring ring;
    std::deque<std::uint64_t> expected;
    for (std::uint64_t step = 1; step <= 200; ++step) {
      auto action = random() % 8;
      if (action < 6) {
        auto depth = 1 + random() % 20;
        auto dropped = push(ring, numbered(step), depth);
        auto before = expected.size();
        expected.push_front(step);
        while (expected.size() > depth)
          expected.pop_back();
        REQUIRE(dropped == (before + 1 - expected.size()) * sizeof(reading));
      } else if (action == 6 && !expected.empty()) {
        ring.pop_oldest();
        expected.pop_back();
      } else {
        ring.shrink();
      }
      REQUIRE(newest_first(ring) == list(expected.begin(), expected.end()));
    }
  }
}
