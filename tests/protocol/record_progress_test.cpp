#include "protocol/record_progress.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace xylem;

namespace {

constexpr std::uint64_t life = 50;

/// A hub's ring, and who takes from it.
struct stream {
  explicit stream(std::size_t ring_events) : ring{life, ring_events, 1 << 20} {}

  void happen(std::size_t events) {
    for (std::size_t i = 0; i < events; ++i)
      ring.push({});
  }

  /// One page; it is written unless the disk is full.
  void take(std::size_t max_events, bool disk_is_full = false) {
    auto page = read_page(ring, progress.next(disk_is_full ? 0 : max_events), wall_time{});
    progress.look(page);
    if (!disk_is_full)
      progress.wrote(page);
  }

  bool sums_hold() const {
    auto all = progress.counters();
    return all.received == all.recorded + all.not_recorded + all.waiting;
  }

  event_ring ring;
  record_progress progress{};
};

} // namespace

TEST_CASE("events are taken page by page, each once") {
  stream all{100};
  all.happen(25);
  all.take(10);
  CHECK(all.progress.counters() == record_counters{25, 10, 0, 15});
  all.take(10);
  all.take(10);
  CHECK(all.progress.counters() == record_counters{25, 25, 0, 0});
  CHECK(all.progress.position() == cursor{life, 25});
}

TEST_CASE("what waits while the disk is full is recorded late, what the ring has lost is counted") {
  stream all{100};
  all.happen(80);
  all.take(10, true);
  CHECK(all.progress.counters() == record_counters{80, 0, 0, 80});
  all.happen(50);
  all.take(10, true);
  CHECK(all.progress.counters() == record_counters{130, 0, 30, 100});
  all.take(1000);
  CHECK(all.progress.counters() == record_counters{130, 100, 30, 0});
}

TEST_CASE("a recorder that comes back goes on behind what is in the database") {
  stream all{100};
  all.happen(40);
  all.progress = record_progress{cursor{life, 30}};
  all.take(1000);
  CHECK(all.progress.counters() == record_counters{10, 10, 0, 0});
}

TEST_CASE("what a hub that died had still told is accounted for by its journal") {
  stream all{100};
  all.happen(40);
  all.take(30);
  all.progress.end_life(45, 12); // 45 were told, the journal has 12 of the 15 that are open
  CHECK(all.progress.counters() == record_counters{45, 42, 3, 0});
  all.ring = event_ring{life + 1, 100, 1 << 20};
  all.happen(5);
  all.take(1000);
  CHECK(all.progress.counters() == record_counters{50, 47, 3, 0});
  CHECK(all.progress.position() == cursor{life + 1, 5});
}

TEST_CASE("what waited when the hub died and left no journal is not recorded") {
  stream all{100};
  all.happen(40);
  all.take(30);
  all.ring = event_ring{life + 1, 100, 1 << 20};
  all.happen(5);
  all.take(1000);
  CHECK(all.progress.counters() == record_counters{45, 35, 10, 0});
}

TEST_CASE("received is recorded, not recorded and waiting, whatever happens") {
  std::minstd_rand random{5};
  stream all{64};
  for (int step = 0; step < 2'000; ++step) {
    all.happen(random() % 40);
    all.take(1 + random() % 30, random() % 3 == 0);
    REQUIRE(all.sums_hold());
    REQUIRE(all.progress.counters().received == all.ring.newest().seq);
  }
}
