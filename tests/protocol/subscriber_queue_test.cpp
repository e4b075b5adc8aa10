#include "protocol/subscriber_queue.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>

using namespace xylem;
using enum subscriber_policy;

namespace {

using list = std::vector<std::uint64_t>;

constexpr std::size_t plenty = 1 << 20;
constexpr std::size_t all = 1 << 20;

event message(std::uint64_t seq, std::size_t size = 6) {
  return {.seq = seq, .kind = event_kind::message, .data = small_bytes{bytes(size)}};
}

event reading(std::uint64_t seq, std::uint16_t node, std::string_view code = "TMP",
              std::uint16_t mesh = 0, std::size_t size = 2) {
  return {.seq = seq,
          .mesh = {mesh},
          .node = {node},
          .code = type_code{code},
          .kind = event_kind::reading,
          .data = small_bytes{bytes(size)}};
}

list seqs(const std::vector<event>& events) {
  list out;
  for (const auto& each : events)
    out.push_back(each.seq);
  return out;
}

std::uint64_t sum(const subscriber_counters& counters) {
  return counters.delivered + counters.coalesced + counters.dropped + counters.queued;
}

} // namespace

TEST_CASE("policies are read as they are written") {
  for (auto policy : {disconnect, drop_oldest, latest})
    CHECK(parse_subscriber_policy(to_string(policy)) == policy);
  CHECK_FALSE(parse_subscriber_policy("newest"));
}

TEST_CASE("events are taken in order, in pages") {
  for (auto policy : {disconnect, drop_oldest, latest}) {
    subscriber_queue queue{policy};
    for (std::uint64_t seq = 1; seq <= 5; ++seq)
      CHECK(queue.offer(message(seq)) == offer_result::queued);
    CHECK(seqs(queue.take(3)) == list{1, 2, 3});
    CHECK(seqs(queue.take(3)) == list{4, 5});
    CHECK(queue.take(3).empty());
    CHECK(queue.empty());
    CHECK(queue.counters() == subscriber_counters{.published = 5, .delivered = 5});
    CHECK(queue.bytes() == 0);
  }
}

TEST_CASE("a full queue of disconnect sends its subscriber away and takes nothing more") {
  subscriber_queue queue{disconnect, 2, plenty};
  queue.offer(message(1));
  queue.offer(message(2));
  CHECK(queue.offer(message(3)) == offer_result::must_disconnect);
  CHECK(seqs(queue.take(1)) == list{1});
  CHECK(queue.offer(message(4)) == offer_result::must_disconnect); // 3 is missing: no 4 without it
  CHECK(seqs(queue.take(all)) == list{2});
  CHECK(queue.counters() == subscriber_counters{.published = 4, .delivered = 2, .dropped = 2});
  CHECK(queue.resume_seq() == 2);
}

TEST_CASE("disconnect counts bytes too, heap included") {
  auto one = sizeof(event) + 100;
  subscriber_queue queue{disconnect, 100, 2 * one};
  CHECK(queue.offer(message(1, 100)) == offer_result::queued);
  CHECK(queue.offer(message(2, 100)) == offer_result::queued);
  CHECK(queue.bytes() == 2 * one);
  CHECK(queue.offer(message(3, 1)) == offer_result::must_disconnect);
}

TEST_CASE("drop_oldest loses the oldest and tells how many in one gap before the next event") {
  subscriber_queue queue{drop_oldest, 3, plenty};
  for (std::uint64_t seq = 1; seq <= 3; ++seq)
    CHECK(queue.offer(message(seq)) == offer_result::queued);
  for (std::uint64_t seq = 4; seq <= 7; ++seq)
    CHECK(queue.offer(message(seq)) == offer_result::dropped);
  auto taken = queue.take(2);
  REQUIRE(seqs(taken) == list{4, 5, 6}); // the gap has the number of the last one it stands for
  CHECK(taken[0].kind == event_kind::gap);
  CHECK(taken[0].id == 4); // 1, 2, 3, 4
  CHECK(gap_of(taken[0]) == told_gap{.from = 1, .to = 4, .count = 4, .reason = "queue full"});
  CHECK(taken[1].kind == event_kind::message);
  CHECK(seqs(queue.take(2)) == list{7}); // told once
}

TEST_CASE("gap events count in none of the sums") {
  subscriber_queue queue{drop_oldest, 1, plenty};
  for (std::uint64_t seq = 1; seq <= 3; ++seq)
    queue.offer(message(seq));
  CHECK(queue.take(all).size() == 2);
  CHECK(queue.counters() == subscriber_counters{.published = 3, .delivered = 1, .dropped = 2});
}

TEST_CASE("the sums hold when a subscriber has gone: what waited for it is dropped") {
  subscriber_queue queue{drop_oldest, 4};
  for (std::uint64_t seq = 1; seq <= 6; ++seq)
    queue.offer(message(seq));
  queue.take(1);
  auto left = without_queued(queue.counters());
  CHECK(left == subscriber_counters{.published = 6, .delivered = 1, .dropped = 2 + 3});
  CHECK(left.published == sum(left));
}

TEST_CASE("drop_oldest makes room by bytes: one large event may cost several") {
  auto small = sizeof(event);
  subscriber_queue queue{drop_oldest, 100, 4 * small};
  for (std::uint64_t seq = 1; seq <= 4; ++seq)
    queue.offer(message(seq, 6));
  CHECK(queue.offer(message(5, 2 * small)) == offer_result::dropped); // itself and twice its size
  CHECK(queue.bytes() == 4 * small);
  CHECK(queue.counters().dropped == 3);
  CHECK(seqs(queue.take(all)) == list{3, 4, 5});
}

TEST_CASE("an event larger than the whole bound is dropped and told") {
  subscriber_queue queue{drop_oldest, 100, 200};
  CHECK(queue.offer(message(1, 6)) == offer_result::queued);
  CHECK(queue.offer(message(2, 4000)) == offer_result::dropped);
  CHECK_FALSE(queue.empty());
  auto taken = queue.take(1);
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].kind == event_kind::gap);
  CHECK(taken[0].id == 2);
  CHECK(queue.empty());
}

TEST_CASE("taking no events takes no gap either") {
  subscriber_queue queue{drop_oldest, 1, plenty};
  queue.offer(message(1));
  queue.offer(message(2));
  CHECK(queue.take(0).empty());
  CHECK(queue.take(1).size() == 2);
}

TEST_CASE("latest keeps only the newest reading of a node and type") {
  subscriber_queue queue{latest};
  CHECK(queue.offer(reading(1, 5)) == offer_result::queued);
  for (std::uint64_t seq = 2; seq <= 9; ++seq)
    CHECK(queue.offer(reading(seq, 5)) == offer_result::coalesced);
  CHECK(seqs(queue.take(all)) == list{9});
  CHECK(queue.counters() == subscriber_counters{.published = 9, .delivered = 1, .coalesced = 8});
}

TEST_CASE("latest tells readings apart by mesh, node and type") {
  subscriber_queue queue{latest};
  queue.offer(reading(1, 5, "TMP", 0));
  CHECK(queue.offer(reading(2, 5, "TMP", 1)) == offer_result::queued);
  CHECK(queue.offer(reading(3, 6, "TMP", 0)) == offer_result::queued);
  CHECK(queue.offer(reading(4, 5, "HUM", 0)) == offer_result::queued);
  // One byte that is 0 is not two bytes that are 0.
  CHECK(queue.offer(reading(5, 5, std::string_view{"\0", 1}, 0)) == offer_result::queued);
  CHECK(queue.offer(reading(6, 5, std::string_view{"\0\0", 2}, 0)) == offer_result::queued);
  CHECK(queue.take(all).size() == 6);
}

TEST_CASE("latest keeps every message, also equal ones") {
  subscriber_queue queue{latest};
  queue.offer(message(1));
  queue.offer(message(2));
  CHECK(seqs(queue.take(all)) == list{1, 2});
}

TEST_CASE("a reading that was taken does not stand for the next one") {
  subscriber_queue queue{latest};
  queue.offer(reading(1, 5));
  queue.take(all);
  CHECK(queue.offer(reading(2, 5)) == offer_result::queued);
  CHECK(seqs(queue.take(all)) == list{2});
}

TEST_CASE("a reading that changes often keeps its place, so that others never starve it") {
  subscriber_queue queue{latest};
  std::uint64_t seq = 0;
  for (std::uint16_t node = 0; node < 10; ++node)
    queue.offer(reading(++seq, node));
  std::set<std::uint16_t> seen;
  for (auto round = 0; round < 10; ++round) { // ten takes of one, each after every node changed
    for (std::uint16_t node = 0; node < 10; ++node)
      queue.offer(reading(++seq, node));
    for (const auto& each : queue.take(1))
      seen.insert(each.node.value);
  }
  CHECK(seen.size() == 10);
}

TEST_CASE("latest drops the oldest when the distinct readings are too many, and tells it") {
  subscriber_queue queue{latest, 3, plenty};
  for (std::uint16_t node = 1; node <= 5; ++node)
    queue.offer(reading(node, node));
  CHECK(queue.offer(reading(6, 1)) == offer_result::dropped); // node 1 has no place any more
  auto taken = queue.take(all);
  REQUIRE(taken.size() == 4);
  CHECK(taken[0].kind == event_kind::gap);
  CHECK(taken[0].id == 3);
  CHECK(seqs(taken) == list{3, 4, 5, 6});
}

TEST_CASE("a newer reading that is larger keeps within the bytes") {
  auto small = sizeof(event);
  subscriber_queue queue{latest, 100, 3 * small};
  for (std::uint16_t node = 1; node <= 3; ++node)
    queue.offer(reading(node, node));
  CHECK(queue.offer(reading(4, 3, "TMP", 0, small)) == offer_result::dropped);
  CHECK(queue.bytes() <= 3 * small);
  auto counters = queue.counters();
  CHECK(counters == subscriber_counters{.published = 4, .coalesced = 1, .dropped = 1, .queued = 2});
}

TEST_CASE("who resumes where latest says so misses no reading that was overtaken") {
  subscriber_queue queue{latest};
  queue.offer(reading(1, 5));
  queue.offer(reading(2, 6));
  queue.offer(reading(3, 5)); // takes the place of 1
  CHECK(queue.resume_seq() == 0);
  CHECK(seqs(queue.take(1)) == list{3});
  CHECK(queue.resume_seq() == 1); // not 3: node 6's reading has not been seen
  CHECK(seqs(queue.take(1)) == list{2});
  CHECK(queue.resume_seq() == 3);
}

TEST_CASE("who resumes before a gap was told reads what was dropped") {
  subscriber_queue queue{drop_oldest, 2, plenty};
  for (std::uint64_t seq = 1; seq <= 5; ++seq)
    queue.offer(message(seq));
  CHECK(queue.resume_seq() == 0);
  queue.take(1); // the gap for 1 to 3, and 4
  CHECK(queue.resume_seq() == 4);
}

TEST_CASE("published is always delivered, coalesced, dropped and queued, within the bounds") {
  for (auto policy : {disconnect, drop_oldest, latest})
    for (auto seed = 1u; seed <= 20; ++seed) {
      CAPTURE(to_string(policy));
      CAPTURE(seed);
      std::mt19937 random{seed};
      auto max_events = 1 + random() % 40;
      auto max_bytes = sizeof(event) + random() % 4000;
      subscriber_queue queue{policy, max_events, max_bytes};
      std::uint64_t offered = 0, told = 0;
      for (auto step = 0; step < 3'000; ++step) {
        if (random() % 4 != 0) {
          ++offered;
          auto node = static_cast<std::uint16_t>(random() % 30);
          auto size = random() % 60;
          queue.offer(random() % 3 == 0 ? message(offered, size)
                                        : reading(offered, node, "TMP", 0, size));
        } else {
          for (const auto& each : queue.take(random() % 9))
            told += each.kind == event_kind::gap ? each.id : 0;
        }
        auto counters = queue.counters();
        REQUIRE(counters.published == offered);
        REQUIRE(sum(counters) == offered);
        REQUIRE(counters.queued <= max_events);
        REQUIRE(queue.bytes() <= max_bytes);
        REQUIRE(queue.resume_seq() <= offered);
      }
      for (const auto& each : queue.take(all))
        told += each.kind == event_kind::gap ? each.id : 0;
      REQUIRE(queue.counters().queued == 0);
      REQUIRE(queue.bytes() == 0);
      REQUIRE(queue.empty());
      // Whoever stays connected is told of every loss.
      REQUIRE(told == (policy == disconnect ? 0 : queue.counters().dropped));
    }
}

TEST_CASE("whenever a subscriber of latest is cut off, its resume point loses no newest value") {
  for (auto seed = 1u; seed <= 50; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    subscriber_queue queue{latest, 1 + random() % 30, plenty};
    std::vector<event> published;
    std::map<std::uint16_t, std::uint64_t> seen, newest;
    for (auto step = 0; step < 300; ++step) {
      if (random() % 3 != 0) {
        auto node = static_cast<std::uint16_t>(random() % 20);
        published.push_back(reading(published.size() + 1, node));
        newest[node] = published.back().seq;
        queue.offer(published.back());
      } else {
        auto told_gap = false;
        for (const auto& each : queue.take(1 + random() % 4)) {
          told_gap = told_gap || each.kind == event_kind::gap;
          if (each.kind == event_kind::reading)
            seen[each.node.value] = std::max(seen[each.node.value], each.seq);
        }
        if (told_gap) // it asks for a snapshot
          seen = newest;
      }
      auto after_resume = seen;
      for (auto seq = queue.resume_seq() + 1; seq <= published.size(); ++seq) {
        auto& value = after_resume[published[seq - 1].node.value];
        value = std::max(value, seq);
      }
      REQUIRE(after_resume == newest);
    }
  }
}
