#include "history_database_fixture.hpp"

#include <random>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

using numbers = std::vector<std::uint64_t>;

wall_time second(int count) {
  return test_day + std::chrono::seconds{count};
}

} // namespace

TEST_CASE("the past of a series is the same, packed or not") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, reading_events(1, 10));
  auto check = [&] {
    CHECK(numbers_of(database.readings(test_series, {}, 3)) == numbers{10, 9, 8});
    CHECK(numbers_of(database.readings(test_series, {.before = 8}, 3)) == numbers{7, 6, 5});
    CHECK(numbers_of(database.readings(test_series, {.before = 3}, 3)) == numbers{2, 1});
    CHECK(database.readings(test_series, {.before = 1}, 3).empty());
    CHECK(database.readings(test_series, {.before = 0}, 3).empty());
    CHECK(database.readings(test_series, {}, 0).empty());
    CHECK(numbers_of(database.readings(test_series, {.before = ~0ULL}, 1)) == numbers{10});
    CHECK(numbers_of(database.readings(test_series, {.from = second(4), .to = second(7)}, 9))
          == numbers{6, 5, 4});
    CHECK(numbers_of(database.readings(test_series, {.to = second(3)}, 9)) == numbers{2, 1});
    CHECK(numbers_of(database.readings(test_series, {.from = second(9)}, 9)) == numbers{10, 9});
    CHECK(database.readings(test_series, {.from = second(11)}, 9).empty());
    CHECK(database.readings({{0}, {2}, test_type}, {}, 9).empty());
    CHECK(database.readings({{1}, {1}, test_type}, {}, 9).empty());
    CHECK(database.readings({{7}, {1}, test_type}, {}, 9).empty());
    auto all = all_readings(database);
    REQUIRE(all.size() == 10);
    for (std::uint64_t i = 0; i < 10; ++i) {
      auto was = reading_event(i + 1);
      CHECK(all[i] == reading{was.id, was.time, was.data});
    }
    CHECK(database.knows({0}, {1}));
    CHECK_FALSE(database.knows({0}, {2}));
    CHECK_FALSE(database.knows({1}, {1}));
    CHECK(database.last_reading({0}) == 10);
    CHECK(database.last_reading({1}) == 0);
  };
  CHECK(database.usage().unpacked == 10);
  check();
  CHECK(database.pack(4));
  CHECK(database.usage().unpacked == 6);
  check();
  CHECK(database.pack(4));
  CHECK_FALSE(database.pack(4));
  CHECK(database.usage().unpacked == 0);
  CHECK(database.usage().events == 10);
  check();
}

TEST_CASE("readings that were not kept belong to no series") {
  database_folder in;
  history_database database{in.settings()};
  auto lost = reading_event(2, 7);
  lost.id = 0;
  database.append(5, std::vector{reading_event(1), lost, log_event(3)});
  CHECK(database.usage().unpacked == 1);
  pack_all(database);
  CHECK(database.usage().unpacked == 0);
  CHECK_FALSE(database.knows({0}, {7}));
  CHECK(all_readings(database, {{0}, {7}, test_type}).empty());
  CHECK(numbers_of(all_readings(database)) == numbers{1});
}

TEST_CASE("a visitor stops when it has enough, among packed readings and others") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, reading_events(1, 5));
  pack_all(database);
  database.append(5, reading_events(6, 10));
  for (std::size_t enough : {1, 5, 7}) {
    std::size_t seen = 0;
    database.for_each_reading(test_series, {}, [&](const reading&) { return ++seen < enough; });
    CHECK(seen == enough);
  }
}

TEST_CASE("a number is one reading, even if it is in the log twice") {
  database_folder in;
  history_database database{in.settings()};
  auto twice = reading_event(4);
  twice.id = 2;
  database.append(5, std::vector{reading_event(1), reading_event(2), reading_event(3), twice});
  auto expected = std::vector{reading_event(1), reading_event(2), reading_event(3)};
  auto check = [&] {
    auto found = all_readings(database);
    REQUIRE(found.size() == 3);
    for (std::size_t i = 0; i < 3; ++i)
      CHECK(found[i].data == expected[i].data);
    CHECK(numbers_of(database.readings(test_series, {}, 9)) == numbers{3, 2, 1});
  };
  check();
  CHECK(database.pack(3));
  check();
  pack_all(database);
  check();
}

TEST_CASE("readings are found by time though the clock jumped back and ahead") {
  database_folder in;
  history_database database{in.settings()};
  std::mt19937 random{4};
  std::vector<event> events;
  for (std::uint64_t seq = 1; seq <= 600; ++seq) {
    auto what = reading_event(seq);
    auto jump = std::chrono::hours{seq < 200 ? 0 : seq < 400 ? -5000 : 9000};
    what.time += jump + std::chrono::seconds{random() % 50};
    events.push_back(what);
  }
  for (std::size_t i = 0; i < events.size(); i += 100) {
    database.append(5, std::span{events}.subspan(i, 100));
    if (i < 500)
      while (database.pack(30))
        ;
  }
  for (int round = 0; round < 300; ++round) {
    reading_range range;
    range.from = events[random() % 600].time + std::chrono::seconds{random() % 3} - 1s;
    if (random() % 2 == 0)
      range.to = events[random() % 600].time;
    if (random() % 2 == 0)
      range.before = random() % 700;
    numbers expected;
    for (const auto& what : events)
      if (what.time >= *range.from && (!range.to || what.time < *range.to)
          && (!range.before || what.id < *range.before))
        expected.push_back(what.id);
    CHECK(numbers_of(all_readings(database, test_series, range)) == expected);
    std::ranges::reverse(expected);
    expected.resize(std::min<std::size_t>(expected.size(), 40));
    CHECK(numbers_of(database.readings(test_series, range, 40)) == expected);
  }
}

TEST_CASE("numbers of readings are known after a restart, also when no reading is left") {
  database_folder in;
  {
    history_database database{in.settings()};
    database.append(5, reading_events(1, 10));
    pack_all(database);
    database.append(5, reading_events(11, 12));
  }
  {
    history_database database{in.settings()};
    CHECK(database.last_reading({0}) == 12);
    CHECK(database.usage().unpacked == 2);
    CHECK(database.usage().events == 12);
    CHECK(all_readings(database).size() == 12);
    while (database.clean({.max_age = 1ms, .max_log_age = 1ms}, test_day + 24h))
      ;
    CHECK(all_readings(database).empty());
    CHECK(database.usage().events == 0);
  }
  history_database database{in.settings()};
  CHECK(database.last_reading({0}) == 12);
  CHECK(database.usage().events == 0);
  CHECK(database.reached() == cursor{5, 12});
}

TEST_CASE("series of many nodes and types keep apart") {
  database_folder in;
  history_database database{in.settings()};
  std::map<std::tuple<int, int, int>, numbers> expected;
  std::mt19937 random{7};
  for (std::uint64_t seq = 1; seq <= 5000; ++seq) {
    auto what = reading_event(seq, static_cast<std::uint16_t>(random() % 20));
    what.mesh = {static_cast<std::uint16_t>(random() % 2)};
    auto length = static_cast<int>(random() % 4);
    what.code = type_code{std::string_view{"ABC"}.substr(0, static_cast<std::size_t>(length))};
    database.append(5, std::vector{what});
    expected[{what.mesh.value, what.node.value, length}].push_back(seq);
    if (seq % 900 == 0)
      database.pack(700);
  }
  for (const auto& [key, found] : expected) {
    auto [mesh, node, length] = key;
    series_name series{
        {static_cast<std::uint16_t>(mesh)},
        {static_cast<std::uint16_t>(node)},
        type_code{std::string_view{"ABC"}.substr(0, static_cast<std::size_t>(length))}};
    CHECK(numbers_of(all_readings(database, series)) == found);
  }
}
