#include "protocol/gate_feed.hpp"

#include <doctest/doctest.h>

#include <utility>

using namespace xylem;

namespace {

constexpr std::uint64_t epoch = 5;

event_ring ring_of(std::size_t events, std::size_t bytes_each = 0) {
  event_ring ring{epoch, 100'000, 1'000'000'000};
  for (std::size_t i = 0; i < events; ++i)
    ring.push({.kind = event_kind::message, .data = small_bytes{bytes(bytes_each)}});
  return ring;
}

/// Asks, and answers until a question has to wait or there is none.
struct hub {
  std::vector<event_page> pages(gate_feed& feed, const event_ring& ring) {
    std::vector<event_page> out;
    for (;;) {
      if (auto next = feed.next())
        question = next;
      if (!question || (question->may_wait && question->asked.from == ring.newest()))
        return out;
      auto asked = *std::exchange(question, std::nullopt);
      if (auto page = feed.take(asked.serial, read_page(ring, asked.asked, {})))
        out.push_back(*std::move(page));
    }
  }

  std::optional<gate_feed::question> question{};
};

std::vector<event_page> pages(gate_feed& feed, const event_ring& ring) {
  return hub{}.pages(feed, ring);
}

std::vector<std::uint64_t> numbers(const std::vector<event_page>& pages) {
  std::vector<std::uint64_t> all;
  for (const auto& page : pages)
    for (const auto& each : page.events)
      all.push_back(each.seq);
  return all;
}

} // namespace

TEST_CASE("nothing is fed before the gate follows") {
  gate_feed feed;
  feed.ask_again();
  feed.more(8);
  CHECK_FALSE(feed.next());
}

TEST_CASE("without a cursor the first page only tells where the newest event is") {
  gate_feed feed;
  auto ring = ring_of(10);
  feed.follow({std::nullopt, 8});
  hub asked;
  auto told = asked.pages(feed, ring);
  REQUIRE(told.size() == 1);
  CHECK(told[0].events.empty());
  CHECK(told[0].reached == cursor{epoch, 10});
  REQUIRE(asked.question);
  CHECK(asked.question->asked.from == cursor{epoch, 10});
  ring.push({});
  CHECK(numbers(asked.pages(feed, ring)) == std::vector<std::uint64_t>{11});
}

TEST_CASE("the first question is answered at once: a gate must know where its gateway is") {
  gate_feed feed;
  auto ring = ring_of(10);
  feed.follow({cursor{epoch, 10}, 8});
  auto first = feed.next();
  REQUIRE(first);
  CHECK_FALSE(first->may_wait);
  auto page = feed.take(first->serial, read_page(ring, first->asked, {}));
  REQUIRE(page);
  CHECK(page->events.empty());
  CHECK(page->reached == cursor{epoch, 10});
  auto second = feed.next();
  REQUIRE(second);
  CHECK(second->may_wait);
}

TEST_CASE("every event behind the cursor is fed once, in order, in pages of at most 512") {
  gate_feed feed;
  auto ring = ring_of(2000);
  feed.follow({cursor{epoch, 100}, 8});
  auto told = pages(feed, ring);
  CHECK(told.size() == 4);
  auto all = numbers(told);
  REQUIRE(all.size() == 1900);
  for (std::size_t i = 0; i < all.size(); ++i)
    CHECK(all[i] == 101 + i);
  CHECK(feed.sent() == 1900);
}

TEST_CASE("a page has at most 512 KiB, and the next one goes on behind it") {
  gate_feed feed;
  auto ring = ring_of(300, 4096);
  feed.follow({cursor{epoch, 0}, 8});
  auto told = pages(feed, ring);
  CHECK(numbers(told).size() == 300);
  for (const auto& page : told)
    CHECK(encode(page).size() < monitor_limits::page_bytes + 256);
}

TEST_CASE("without credit nothing is asked, and credit beyond 16 pages is not counted") {
  gate_feed feed;
  auto ring = ring_of(512 * 40);
  feed.follow({cursor{epoch, 0}, 2});
  CHECK(pages(feed, ring).size() == 2);
  feed.more(1);
  CHECK(pages(feed, ring).size() == 1);
  feed.more(0xFFFF'FFFF);
  CHECK(feed.credit() == gate_feed::most_pages);
  feed.more(3);
  CHECK(pages(feed, ring).size() == gate_feed::most_pages);
}

TEST_CASE("what a gate is told after it has followed anew is not the answer to an earlier question") {
  gate_feed feed;
  auto ring = ring_of(10);
  feed.follow({cursor{epoch, 0}, 8});
  auto old = feed.next();
  feed.follow({cursor{epoch, 7}, 8});
  CHECK_FALSE(feed.take(old->serial, read_page(ring, old->asked, {})));
  CHECK(numbers(pages(feed, ring)) == std::vector<std::uint64_t>{8, 9, 10});
}

TEST_CASE("a gate that follows again and again has one question under way") {
  gate_feed feed;
  auto ring = ring_of(10);
  feed.follow({cursor{epoch, 0}, 8});
  auto first = feed.next();
  REQUIRE(first);
  for (std::uint64_t from = 1; from <= 1000; ++from) {
    feed.follow({cursor{epoch, from % 8}, 8});
    CHECK_FALSE(feed.next());
  }
  SUBCASE("the answer comes") {
    CHECK_FALSE(feed.take(first->serial, read_page(ring, first->asked, {})));
  }
  SUBCASE("nobody answers") {
    CHECK_FALSE(feed.failed(first->serial));
  }
  CHECK(numbers(pages(feed, ring)) == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
}

TEST_CASE("a gate that follows anew does not wait for what the hub holds") {
  gate_feed feed;
  auto ring = ring_of(10);
  feed.follow({cursor{epoch, 10}, 8});
  hub asked;
  asked.pages(feed, ring);
  REQUIRE(asked.question); // it waits for the 11th
  feed.follow({cursor{epoch, 7}, 8});
  CHECK(numbers(pages(feed, ring)) == std::vector<std::uint64_t>{8, 9, 10});
}

TEST_CASE("another hub is asked from the same cursor, and its gap is told") {
  gate_feed feed;
  auto ring = ring_of(10);
  feed.follow({cursor{epoch, 0}, 8});
  pages(feed, ring); // and one question waits
  CHECK_FALSE(feed.next());
  feed.hub_changed();
  event_ring fresh{epoch + 1, 100, 100'000};
  fresh.push({});
  auto told = pages(feed, fresh);
  REQUIRE(told.size() == 1);
  REQUIRE(told[0].gap);
  CHECK(told[0].events.size() == 1);
  CHECK(told[0].reached == cursor{epoch + 1, 1});
}

TEST_CASE("a question that is not answered is asked again when it is time for it") {
  gate_feed feed;
  auto ring = ring_of(3);
  feed.follow({cursor{epoch, 0}, 8});
  auto question = feed.next();
  feed.failed(question->serial);
  CHECK_FALSE(feed.next());
  feed.ask_again();
  CHECK(numbers(pages(feed, ring)).size() == 3);
}
