#include "protocol/gate_memory.hpp"

#include <doctest/doctest.h>

using namespace xylem;

namespace {

using list = std::vector<std::uint64_t>;

event_page page(std::uint64_t epoch, std::uint64_t first, std::uint64_t last,
                std::size_t size = 6) {
  event_page made{.reached = {epoch, last}, .newest = {epoch, last + 5}};
  for (auto seq = first; seq <= last; ++seq)
    made.events.push_back({.seq = seq, .data = small_bytes{bytes(size)}});
  return made;
}

list seqs(const event_range& range) {
  list out;
  for (std::size_t i = 0; i < range.size(); ++i)
    out.push_back(range[i].seq);
  return out;
}

} // namespace

TEST_CASE("gate memory: there is no position before the first page") {
  gate_memory memory;
  CHECK_FALSE(memory.is_fed());
  CHECK_FALSE(memory.continues({}));
}

TEST_CASE("gate memory: it begins with the first page, and goes on with those that follow it") {
  gate_memory memory;
  memory.take(page(9, 11, 13));
  CHECK(memory.begin() == cursor{9, 10});
  memory.take(page(9, 14, 15));
  CHECK(memory.reached() == cursor{9, 15});
  CHECK(memory.newest() == cursor{9, 20});
  CHECK(memory.generation() == 1);
  CHECK(seqs(memory.after({9, 10})) == list{11, 12, 13, 14, 15});
  CHECK(seqs(memory.after({9, 14})) == list{15});
  CHECK(seqs(memory.after({9, 15})).empty());
}

TEST_CASE("gate memory: only a cursor between its begin and its end is continued") {
  gate_memory memory;
  memory.take(page(9, 11, 13));
  CHECK_FALSE(memory.continues({9, 9}));
  CHECK(memory.continues({9, 10}));
  CHECK(memory.continues({9, 13}));
  CHECK_FALSE(memory.continues({9, 14}));
  CHECK_FALSE(memory.continues({8, 12}));
}

TEST_CASE("gate memory: behind a gap it begins anew") {
  gate_memory memory;
  memory.take(page(9, 1, 3));
  auto next = page(9, 8, 9);
  next.gap = make_gap_event({4, 7, 4, "overwritten"}, {});
  memory.take(next);
  CHECK(memory.begin() == cursor{9, 7});
  CHECK(memory.generation() == 2);
  CHECK(seqs(memory.after({9, 7})) == list{8, 9});
  CHECK(memory.size() == 2);
}

TEST_CASE("gate memory: another epoch begins anew, also where nothing of it has happened") {
  gate_memory memory;
  memory.take(page(9, 1, 3));
  memory.take({.reached = {10, 0}, .newest = {10, 4}});
  CHECK(memory.begin() == cursor{10, 0});
  CHECK(memory.size() == 0);
  CHECK(memory.bytes() == 0);
  memory.take(page(10, 1, 2));
  CHECK(memory.generation() == 2);
  CHECK(seqs(memory.after({10, 0})) == list{1, 2});
}

TEST_CASE("gate memory: a hole that nobody told is no continuation") {
  gate_memory memory;
  memory.take(page(9, 1, 3));
  memory.take(page(9, 5, 6));
  CHECK(memory.begin() == cursor{9, 4});
  memory.take({.reached = {9, 8}, .newest = {9, 8}});
  CHECK(memory.begin() == cursor{9, 8});
  CHECK(memory.generation() == 3);
}

TEST_CASE("gate memory: what comes again is taken once") {
  gate_memory memory;
  memory.take(page(9, 1, 3));
  memory.take(page(9, 2, 5));
  CHECK(seqs(memory.after({9, 0})) == list{1, 2, 3, 4, 5});
  memory.take(page(9, 1, 2));
  CHECK(memory.reached() == cursor{9, 5});
  CHECK(memory.generation() == 1);
}

TEST_CASE("gate memory: it is bounded by events and by bytes, and keeps the newest") {
  gate_memory few{4, 1 << 20};
  few.take(page(9, 1, 3));
  few.take(page(9, 4, 600));
  CHECK(few.size() == 4);
  CHECK(few.begin() == cursor{9, 596});
  CHECK(seqs(few.after({9, 598})) == list{599, 600});
  CHECK(few.generation() == 1);
  auto one = sizeof(event) + 100;
  gate_memory small{100, 3 * one};
  small.take(page(9, 1, 10, 100));
  CHECK(small.size() == 3);
  CHECK(small.bytes() == 3 * one);
  gate_memory tiny{100, 1};
  tiny.take(page(9, 1, 10, 100));
  CHECK(tiny.size() == 1);
}
