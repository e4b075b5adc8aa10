#include "protocol/monitor_feed.hpp"

#include <doctest/doctest.h>

using namespace xylem;

namespace {

using list = std::vector<std::uint64_t>;

event value(std::uint64_t seq, std::uint16_t node = 0) {
  return {.seq = seq, .node = {node}, .code = type_code{std::string_view{"GPS"}}};
}

event message(std::uint64_t seq) {
  return {.seq = seq, .kind = event_kind::message};
}

event_page page(std::uint64_t epoch, std::uint64_t first, std::uint64_t last) {
  event_page made{.reached = {epoch, last}, .newest = {epoch, last}};
  for (auto seq = first; seq <= last; ++seq)
    made.events.push_back(value(seq));
  return made;
}

gate_memory holding(std::uint64_t first, std::uint64_t last) {
  gate_memory memory;
  memory.take(page(9, first, last));
  return memory;
}

monitor_subscription from(cursor position, std::uint32_t credit = 1000) {
  return {.serial = 3, .from = position, .credit = credit};
}

list seqs(const event_page& page) {
  list out;
  for (const auto& each : page.events)
    out.push_back(each.seq);
  return out;
}

event_page next(monitor_feed& feed, const gate_memory& memory) {
  auto page = feed.next_page(memory);
  REQUIRE(page);
  return *page;
}

} // namespace

TEST_CASE("monitor feed: behind its cursor come the events that the gate holds") {
  auto memory = holding(1, 5);
  monitor_feed feed{from({9, 2}), memory};
  auto told = next(feed, memory);
  CHECK(told.serial == 3);
  CHECK(seqs(told) == list{3, 4, 5});
  CHECK(told.reached == cursor{9, 5});
  CHECK(told.newest == cursor{9, 5});
  CHECK_FALSE(feed.next_page(memory));
  CHECK_FALSE(feed.wanted_replay(memory));
  memory.take(page(9, 6, 6));
  CHECK(seqs(next(feed, memory)) == list{6});
}

TEST_CASE("monitor feed: without a cursor comes only what is new") {
  auto memory = holding(1, 5);
  monitor_feed feed{{.credit = 100}, memory};
  CHECK_FALSE(feed.next_page(memory));
  CHECK(feed.position() == cursor{9, 5});
  memory.take(page(9, 6, 7));
  CHECK(seqs(next(feed, memory)) == list{6, 7});
}

TEST_CASE("monitor feed: without a cursor and before the first page, that page is new") {
  gate_memory memory;
  monitor_feed feed{{.credit = 100}, memory};
  CHECK_FALSE(feed.next_page(memory));
  CHECK_FALSE(feed.wanted_replay(memory));
  memory.take(page(9, 6, 7));
  CHECK(seqs(next(feed, memory)) == list{6, 7});
}

TEST_CASE("monitor feed: nothing is sent without credit, and one event for each") {
  auto memory = holding(1, 5);
  monitor_feed feed{from({9, 0}, 2), memory};
  CHECK(seqs(next(feed, memory)) == list{1, 2});
  CHECK_FALSE(feed.next_page(memory));
  CHECK(feed.counters(memory) == monitor_feed_counters{.sent = 2, .behind = 3});
  feed.grant(1);
  CHECK(seqs(next(feed, memory)) == list{3});
  feed.grant(~0u);
  feed.grant(~0u);
  CHECK(seqs(next(feed, memory)) == list{4, 5});
  CHECK(feed.credit() == ~0u - 2);
}

TEST_CASE("monitor feed: a page has 512 events at most, and 512 KiB") {
  auto memory = holding(1, 600);
  monitor_feed feed{from({9, 0}), memory};
  CHECK(next(feed, memory).events.size() == 512);
  CHECK(next(feed, memory).events.size() == 88);
  auto long_ones = page(9, 601, 800);
  for (auto& each : long_ones.events)
    each.data = small_bytes{bytes(4000)};
  memory.take(long_ones);
  auto told = next(feed, memory);
  CHECK(told.events.size() == 129); // of 38 + 3 + 4000 bytes
  CHECK(encode(told).size() <= monitor_limits::page_bytes + 100);
  CHECK(next(feed, memory).events.size() == 71);
}

TEST_CASE("monitor feed: what does not match is passed without credit") {
  auto memory = holding(1, 5);
  auto wanted = from({9, 0}, 0);
  wanted.filter.kinds = {event_kind::message};
  monitor_feed feed{wanted, memory};
  CHECK_FALSE(feed.next_page(memory));
  CHECK(feed.position() == cursor{9, 5});
  memory.take({.events = {value(6), message(7)}, .reached = {9, 7}, .newest = {9, 7}});
  CHECK_FALSE(feed.next_page(memory));
  CHECK(feed.position() == cursor{9, 6});
  CHECK(feed.counters(memory).behind == 1);
  feed.grant(1);
  CHECK(seqs(next(feed, memory)) == list{7});
}

TEST_CASE("monitor feed: who gets nothing for 1024 events is told where to go on") {
  auto memory = holding(1, 1023);
  auto wanted = from({9, 0}, 1);
  wanted.filter.kinds = {event_kind::message};
  monitor_feed feed{wanted, memory};
  CHECK_FALSE(feed.next_page(memory));
  memory.take(page(9, 1024, 1024));
  auto told = next(feed, memory);
  CHECK(told.events.empty());
  CHECK(told.reached == cursor{9, 1024});
  CHECK(feed.credit() == 1);
  CHECK_FALSE(feed.next_page(memory));
}

TEST_CASE("monitor feed: what the gate does not hold is asked for once, as far as credit goes") {
  auto memory = holding(100, 105);
  monitor_feed feed{from({9, 50}, 20), memory};
  CHECK_FALSE(feed.next_page(memory));
  CHECK(feed.wanted_replay(memory) == gate_replay{{9, 50}, {}, 20});
  CHECK_FALSE(feed.wanted_replay(memory));
  CHECK_FALSE(feed.next_page(memory));
  auto answer = page(9, 51, 70);
  answer.newest = {9, 105};
  feed.replayed(answer);
  CHECK(seqs(next(feed, memory)) == seqs(answer));
  CHECK_FALSE(feed.wanted_replay(memory)); // no credit
  feed.grant(600);
  CHECK(feed.wanted_replay(memory) == gate_replay{{9, 70}, {}, 512});
  answer = page(9, 71, 102);
  answer.newest = {9, 105};
  feed.replayed(answer);
  CHECK(next(feed, memory).reached == cursor{9, 102});
  CHECK(seqs(next(feed, memory)) == list{103, 104, 105});
  CHECK_FALSE(feed.wanted_replay(memory));
}

TEST_CASE("monitor feed: who has all that the gateway has waits for the feed") {
  auto memory = holding(100, 105);
  monitor_feed feed{from({9, 50}), memory};
  REQUIRE(feed.wanted_replay(memory));
  feed.replayed(page(9, 51, 110));
  CHECK(next(feed, memory).reached == cursor{9, 110});
  CHECK_FALSE(feed.wanted_replay(memory));
  memory.take(page(9, 106, 112));
  CHECK(seqs(next(feed, memory)) == list{111, 112});
}

TEST_CASE("monitor feed: an answer that does not come is asked for again") {
  auto memory = holding(100, 105);
  monitor_feed feed{from({9, 50}), memory};
  auto asked = feed.wanted_replay(memory);
  feed.replay_failed();
  CHECK(feed.wanted_replay(memory) == asked);
}

TEST_CASE("monitor feed: a gap of the gateway is told before the events, and costs no credit") {
  auto memory = holding(100, 105);
  monitor_feed feed{from({9, 50}, 2), memory};
  REQUIRE(feed.wanted_replay(memory));
  auto answer = page(9, 91, 92);
  answer.newest = {9, 105};
  answer.gap = make_gap_event({51, 90, 40, "overwritten"}, {});
  feed.replayed(answer);
  auto told = next(feed, memory);
  CHECK(told.gap == answer.gap);
  CHECK(seqs(told) == list{91, 92});
  CHECK(feed.counters(memory) == monitor_feed_counters{.sent = 2, .missed = 40});
}

TEST_CASE("monitor feed: an answer with more than was asked for is sent as far as credit goes") {
  auto memory = holding(100, 105);
  monitor_feed feed{from({9, 50}, 2), memory};
  REQUIRE(feed.wanted_replay(memory));
  feed.replayed(page(9, 51, 60));
  CHECK(seqs(next(feed, memory)) == list{51, 52});
  CHECK(feed.position() == cursor{9, 52});
  feed.grant(5);
  CHECK(feed.wanted_replay(memory)->from == cursor{9, 52});
}

TEST_CASE("monitor feed: behind a new epoch it is asked with the cursor of the old one") {
  auto memory = holding(1, 5);
  monitor_feed feed{from({9, 5}), memory};
  CHECK_FALSE(feed.wanted_replay(memory));
  memory.take(page(10, 1, 2));
  CHECK_FALSE(feed.next_page(memory));
  CHECK(feed.wanted_replay(memory)->from == cursor{9, 5});
  feed.replayed({.reached = {10, 0}, .newest = {10, 2}}); // the record: nothing was missed
  auto first = next(feed, memory);
  CHECK(first.events.empty());
  CHECK(first.reached == cursor{10, 0});
  CHECK(seqs(next(feed, memory)) == list{1, 2});
}

TEST_CASE("monitor feed: an answer of a new epoch may come before the feed does") {
  auto memory = holding(1, 5);
  monitor_feed feed{from({8, 77}), memory};
  REQUIRE(feed.wanted_replay(memory));
  feed.replayed(page(10, 1, 2));
  CHECK(next(feed, memory).reached == cursor{10, 2});
  memory.take(page(9, 6, 6)); // was on its way
  CHECK_FALSE(feed.next_page(memory));
  CHECK_FALSE(feed.wanted_replay(memory));
  memory.take(page(10, 1, 3));
  CHECK(seqs(next(feed, memory)) == list{3});
}

TEST_CASE("monitor feed: a cursor that nobody gave out is the gateway's to judge") {
  auto memory = holding(1, 5);
  monitor_feed feed{from({9, 1000}), memory};
  CHECK(feed.wanted_replay(memory)->from == cursor{9, 1000});
}

TEST_CASE("monitor feed: `latest` sends only the newest reading of who is behind") {
  gate_memory memory;
  event_page fed{.reached = {9, 6}, .newest = {9, 6}};
  fed.events = {value(1, 1), value(2, 2), message(3), value(4, 1), value(5, 1), message(6)};
  memory.take(fed);
  auto wanted = from({9, 0}, 4);
  wanted.policy = subscriber_policy::latest;
  monitor_feed slow{wanted, memory};
  CHECK(seqs(next(slow, memory)) == list{2, 3, 5, 6});
  CHECK(slow.counters(memory) == monitor_feed_counters{.sent = 4, .coalesced = 2});
  wanted.credit = 6;
  monitor_feed fast{wanted, memory};
  CHECK(seqs(next(fast, memory)) == list{1, 2, 3, 4, 5, 6});
}

TEST_CASE("monitor feed: `latest` stops at what has no room, and goes on there") {
  gate_memory memory;
  memory.take({.events = {value(1, 1), value(2, 1), value(3, 2), value(4, 3)},
               .reached = {9, 4},
               .newest = {9, 4}});
  auto wanted = from({9, 0}, 2);
  wanted.policy = subscriber_policy::latest;
  monitor_feed feed{wanted, memory};
  auto told = next(feed, memory);
  CHECK(seqs(told) == list{2, 3});
  CHECK(told.reached == cursor{9, 3});
  feed.grant(1);
  CHECK(seqs(next(feed, memory)) == list{4});
}

TEST_CASE("monitor feed: `disconnect` sends away who is slower than the gate's memory") {
  gate_memory memory{4, 1 << 20};
  memory.take(page(9, 1, 3));
  auto wanted = from({9, 0}, 1);
  wanted.policy = subscriber_policy::disconnect;
  monitor_feed feed{wanted, memory};
  CHECK(seqs(next(feed, memory)) == list{1});
  memory.take(page(9, 4, 5));
  CHECK_FALSE(feed.must_disconnect(memory));
  memory.take(page(9, 6, 6));
  CHECK(feed.must_disconnect(memory));
  feed.grant(10);
  CHECK_FALSE(feed.wanted_replay(memory));
}

TEST_CASE("monitor feed: `disconnect` is for who was too slow, not for who comes late") {
  gate_memory memory{4, 1 << 20};
  memory.take(page(9, 100, 105));
  auto wanted = from({9, 50});
  wanted.policy = subscriber_policy::disconnect;
  monitor_feed feed{wanted, memory};
  CHECK_FALSE(feed.must_disconnect(memory));
  CHECK(feed.wanted_replay(memory));
  feed.replayed(page(9, 51, 105));
  next(feed, memory);
  CHECK_FALSE(feed.next_page(memory));
  auto after_gap = page(9, 200, 201); // the gate's own feed was too slow
  after_gap.gap = make_gap_event({106, 199, 94, "overwritten"}, {});
  memory.take(after_gap);
  CHECK_FALSE(feed.must_disconnect(memory));
  CHECK(feed.wanted_replay(memory));
}
