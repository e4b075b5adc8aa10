#include "history_database_fixture.hpp"

using namespace xylem;
using namespace std::chrono_literals;

namespace {

replay_page page_after(const history_database& database, cursor seen, std::size_t max_events = 100,
                       subscriber_filter filter = {}) {
  return database.read_after({seen, std::move(filter), max_events}, test_day);
}

std::vector<std::uint64_t> seqs_of(const replay_page& page) {
  std::vector<std::uint64_t> seqs;
  for (const auto& what : page.events)
    seqs.push_back(what.seq);
  return seqs;
}

using seqs = std::vector<std::uint64_t>;

void check_gap(const replay_page& page, const told_gap& expected) {
  REQUIRE(page.gap);
  CHECK(gap_of(*page.gap) == expected);
}

/// Everything after a cursor, page by page; gaps among it.
life_events read_on(const history_database& database, cursor seen, std::size_t max_events) {
  life_events all;
  for (auto pages = 0; pages < 1000; ++pages) {
    auto page = page_after(database, seen, max_events);
    if (page.gap)
      all.emplace_back(page.reached.epoch, *page.gap);
    for (auto& what : page.events)
      all.emplace_back(page.reached.epoch, std::move(what));
    if (page.complete)
      return all;
    REQUIRE_FALSE(page.reached == seen);
    seen = page.reached;
  }
  FAIL("no end");
  return all;
}

} // namespace

TEST_CASE("who asks from nowhere is told where the newest event is") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, log_events(1, 10));
  auto page = database.read_after({std::nullopt, {}, 100}, test_day);
  CHECK(page.reached == cursor{5, 10});
  CHECK(page.newest == cursor{5, 10});
  CHECK(page.complete);
  CHECK(page.events.empty());
}

TEST_CASE("what came after a cursor is read in pages, exactly") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, log_events(1, 10));
  auto page = page_after(database, {5, 3}, 4);
  CHECK_FALSE(page.gap);
  CHECK(seqs_of(page) == seqs{4, 5, 6, 7});
  CHECK(page.reached == cursor{5, 7});
  CHECK_FALSE(page.complete);
  page = page_after(database, page.reached, 4);
  CHECK(seqs_of(page) == seqs{8, 9, 10});
  CHECK(page.complete);
  page = page_after(database, page.reached, 4);
  CHECK(page.complete);
  CHECK(page.events.empty());
  CHECK(page.reached == cursor{5, 10});
}

TEST_CASE("a page looks at a bounded number of events, whatever the filter") {
  database_folder in;
  history_database database{in.settings()};
  auto events = log_events(1, 9);
  events.push_back(reading_event(10));
  database.append(5, events);
  subscriber_filter filter{.kinds = {event_kind::reading}};
  auto page = page_after(database, {5, 0}, 4, filter);
  CHECK(page.events.empty());
  CHECK(page.reached == cursor{5, 4});
  CHECK(seqs_of(page_after(database, {5, 8}, 4, filter)) == seqs{10});
}

TEST_CASE("a cursor that is ahead of the record is where it was") {
  database_folder in;
  history_database database{in.settings()};
  for (auto seen : {cursor{5, 7}, cursor{}}) {
    auto page = page_after(database, seen);
    CHECK_FALSE(page.gap);
    CHECK(page.reached == seen);
    CHECK(page.complete);
  }
  database.append(5, log_events(1, 10));
  for (auto seen : {cursor{5, 10}, cursor{5, 11}, cursor{6, 3}}) {
    auto page = page_after(database, seen);
    CHECK_FALSE(page.gap);
    CHECK(page.events.empty());
    CHECK(page.reached == seen);
    CHECK(page.newest == cursor{5, 10});
  }
}

TEST_CASE("a life that ended in order is followed by the next one without a gap") {
  database_folder in;
  {
    history_database database{in.settings()};
    database.append(5, log_events(1, 10));
    database.end_life({5, 10});
    CHECK(page_after(database, {5, 8}).complete);
  }
  history_database database{in.settings()};
  database.append(7, log_events(1, 3));
  auto page = page_after(database, {5, 8});
  CHECK(seqs_of(page) == seqs{9, 10});
  CHECK(page.reached == cursor{5, 10});
  CHECK_FALSE(page.complete);
  page = page_after(database, page.reached);
  CHECK_FALSE(page.gap);
  CHECK(seqs_of(page) == seqs{1, 2, 3});
  CHECK(page.reached == cursor{7, 3});
  CHECK(page.complete);
}

TEST_CASE("after a life whose end is not known, a gap tells it") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, log_events(1, 10));
  database.append(7, log_events(1, 3));
  for (auto seen : {cursor{5, 10}, cursor{5, 17}}) {
    auto page = page_after(database, seen);
    check_gap(page, {1, 0, 0, "other epoch"});
    CHECK(page.gap->time == test_day);
    CHECK(seqs_of(page) == seqs{1, 2, 3});
    CHECK(page.reached == cursor{7, 3});
  }
  CHECK_FALSE(page_after(database, {5, 9}).gap);
  // Who asks for no events goes on behind the gap.
  auto page = page_after(database, {5, 10}, 0);
  check_gap(page, {1, 0, 0, "other epoch"});
  CHECK(page.reached == cursor{7, 0});
  CHECK_FALSE(page_after(database, page.reached).gap);
}

TEST_CASE("a life that goes on after its end was told had none") {
  database_folder in;
  {
    history_database database{in.settings()};
    database.append(5, log_events(1, 10));
    database.end_life({5, 10});
    database.append(5, log_events(11, 12));
  }
  history_database database{in.settings()};
  database.append(6, log_events(1, 1));
  check_gap(page_after(database, {5, 12}), {1, 0, 0, "other epoch"});
}

TEST_CASE("a cursor of a life that is not known is followed by the lives after it, behind a gap") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, log_events(1, 2));
  database.append(7, log_events(3, 4));
  auto page = page_after(database, {6, 100});
  check_gap(page, {1, 2, 2, "other epoch"});
  CHECK(seqs_of(page) == seqs{3, 4});
  page = page_after(database, {1, 1});
  check_gap(page, {1, 0, 0, "other epoch"});
  CHECK(seqs_of(page) == seqs{1, 2});
}

TEST_CASE("events that were not recorded are a gap where they would be") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, log_events(1, 2));
  database.append(5, log_events(6, 7));
  auto page = page_after(database, {5, 0});
  CHECK_FALSE(page.gap);
  CHECK(seqs_of(page) == seqs{1, 2});
  CHECK_FALSE(page.complete);
  page = page_after(database, page.reached);
  check_gap(page, {3, 5, 3, "not recorded"});
  CHECK(seqs_of(page) == seqs{6, 7});
  CHECK(page.complete);
  check_gap(page_after(database, {5, 4}), {5, 5, 1, "not recorded"});
}

TEST_CASE("events that were not recorded before the end of a life are counted") {
  database_folder in;
  {
    history_database database{in.settings()};
    database.append(5, log_events(1, 2));
    database.end_life({5, 9});
    auto page = page_after(database, {5, 2});
    check_gap(page, {3, 9, 7, "not recorded"});
    CHECK(page.reached == cursor{5, 9});
    CHECK(page.complete);
  }
  history_database database{in.settings()};
  CHECK(database.reached() == cursor{5, 9});
  database.append(6, log_events(4, 4));
  auto page = page_after(database, {5, 2});
  check_gap(page, {1, 3, 10, "not recorded"}); // 7 of that life, 3 of this one
  CHECK(seqs_of(page) == seqs{4});
}

TEST_CASE("events that were removed are one gap with their number, over lives") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, log_events(1, 10));
  database.end_life({5, 10});
  auto later = log_events(1, 20);
  for (auto& what : later)
    what.time += 1h;
  later[0].time -= 1h;
  later[1].time -= 1h;
  database.append(6, later);
  while (database.clean({.max_log_age = 30min}, test_day + 65min))
    ;
  auto page = page_after(database, {5, 4});
  check_gap(page, {1, 2, 8, "overwritten"});
  CHECK(page.events.size() == 18);
  check_gap(page_after(database, {6, 1}), {2, 2, 1, "overwritten"});
  CHECK_FALSE(page_after(database, {6, 2}).gap);
  SUBCASE("also when nothing is left") {
    while (database.clean({.max_log_age = 1ms}, test_day + 24h))
      ;
    page = page_after(database, {5, 4});
    check_gap(page, {1, 20, 26, "overwritten"});
    CHECK(page.reached == cursor{6, 20});
    CHECK(page.complete);
    database.append(6, std::vector{log_event(21)});
    CHECK(seqs_of(page_after(database, {6, 20})) == seqs{21});
    CHECK_FALSE(page_after(database, {6, 20}).gap);
  }
  SUBCASE("also when the last life is known by its number only") {
    while (database.clean({.max_log_age = 1ms}, test_day + 24h))
      ;
    history_database* again = nullptr;
    database_folder elsewhere;
    database.copy_to(elsewhere.file());
    history_database copied{elsewhere.settings()};
    again = &copied;
    CHECK(again->reached() == cursor{6, 20});
    check_gap(page_after(*again, {6, 15}), {16, 20, 5, "overwritten"});
  }
}

TEST_CASE("whatever the size of a page, all pages together are the same") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, log_events(1, 7));
  database.append(5, log_events(9, 9));
  database.end_life({5, 9});
  database.append(6, log_events(3, 8));
  database.append(9, log_events(1, 2));
  auto expected = read_on(database, {5, 0}, 1000);
  CHECK(expected.size() == 7 + 1 + 1 + 1 + 6 + 1 + 2);
  for (std::size_t size : {1, 2, 3, 5})
    CHECK(read_on(database, {5, 0}, size) == expected);
}
