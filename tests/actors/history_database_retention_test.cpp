#include "history_database_fixture.hpp"

using namespace xylem;
using namespace std::chrono_literals;

namespace {

/// How many steps it takes until there is no more.
int clean_all(history_database& database, const retention_policy& policy, wall_time now) {
  auto steps = 0;
  while (database.clean(policy, now)) {
    REQUIRE(steps < 10'000);
    ++steps;
  }
  return steps;
}

/// One a minute.
event minute_event(std::uint64_t seq) {
  auto what = reading_event(seq, static_cast<std::uint16_t>(seq % 5));
  what.time = test_day + std::chrono::minutes{seq};
  return what;
}

std::size_t readings_in(const history_database& database) {
  std::size_t count = 0;
  for (std::uint16_t node = 0; node < 5; ++node)
    count += all_readings(database, {{0}, {node}, test_type}).size();
  return count;
}

/// Packed by the hour.
void fill_minutes(history_database& database, std::uint64_t minutes) {
  for (std::uint64_t begin = 1; begin <= minutes; begin += 60) {
    database.append(5, events_of(begin, begin + 59, minute_event));
    pack_all(database);
  }
}

} // namespace

TEST_CASE("without a policy nothing goes") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, reading_events(1, 100));
  CHECK_FALSE(database.clean({}, test_day + 240'000h));
  CHECK(database.usage().events == 100);
}

TEST_CASE("events that are too old go, and those after them stay") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, log_events(1, 100));
  pack_all(database);
  CHECK(clean_all(database, {.max_log_age = 10s}, test_day + 60s) == 1);
  auto left = all_events(database);
  REQUIRE(left.size() == 51);
  CHECK(left.front().second.seq == 50);
  CHECK(database.usage().oldest_event == test_day + 50s);
}

TEST_CASE("a step removes a bounded number of events") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, log_events(1, 12'000));
  pack_all(database);
  CHECK(database.clean({.max_log_age = 1s}, test_day + 24h));
  CHECK(database.usage().events == 7000);
  CHECK(database.clean({.max_log_age = 1s}, test_day + 24h));
  CHECK(database.usage().events == 2000);
  clean_all(database, {.max_log_age = 1s}, test_day + 24h);
  CHECK(database.usage().events == 0);
}

TEST_CASE("readings of an event that goes are kept in their series") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, reading_events(1, 6000));
  CHECK(database.usage().unpacked == 6000);
  clean_all(database, {.max_log_age = 1s}, test_day + 24h);
  CHECK(database.usage().events == 0);
  CHECK(all_readings(database).size() == 6000);
}

TEST_CASE("events that a wrong clock put into the future go with those after them") {
  database_folder in;
  history_database database{in.settings()};
  auto events = log_events(1, 30);
  for (std::size_t i = 5; i < 10; ++i)
    events[i].time += 24h * 9000;
  for (std::size_t i = 15; i < 20; ++i)
    events[i].time -= 24h * 9000; // before the clock was set: they wait for their turn
  database.append(5, events);
  pack_all(database);
  clean_all(database, {.max_log_age = 1h}, test_day + 1h + 3s);
  CHECK(all_events(database).front().second.seq == 3);
  clean_all(database, {.max_log_age = 1h}, test_day + 1h + 8s);
  CHECK(all_events(database).front().second.seq == 6);
  clean_all(database, {.max_log_age = 1h}, test_day + 1h + 13s);
  CHECK(all_events(database).front().second.seq == 13);
  clean_all(database, {.max_log_age = 1h}, test_day + 1h + 16s);
  CHECK(all_events(database).front().second.seq == 21);
}

TEST_CASE("readings that are too old go, many at once") {
  database_folder in;
  history_database database{in.settings()};
  fill_minutes(database, 48 * 60);
  constexpr auto day = 24h;
  auto now = test_day + 48h + 1min;
  CHECK(readings_in(database) == 48 * 60);
  CHECK(clean_all(database, {.max_age = 40h}, now) > 0);
  CHECK(readings_in(database) == 40 * 60);
  // One more hour is too old, but it is no thirty-second of the age yet.
  CHECK(clean_all(database, {.max_age = 40h}, now + 61min) == 0);
  CHECK(clean_all(database, {.max_age = 40h}, now + 2h + 17min) > 0);
  CHECK(readings_in(database) == 38 * 60);
  CHECK(clean_all(database, {.max_age = day}, now + day) > 0);
  CHECK(readings_in(database) == 0);
  CHECK(clean_all(database, {.max_age = day}, now + day) == 0);
  CHECK_FALSE(database.knows({0}, {1}));
  CHECK(database.last_reading({0}) == 48 * 60);
  database.append(6, std::vector{minute_event(9000)});
  pack_all(database);
  CHECK(readings_in(database) == 1);
}

TEST_CASE("a step removes a bounded number of readings, and the next one goes on") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, reading_events(1, 12'000));
  pack_all(database);
  retention_policy policy{.max_age = 1s};
  CHECK(database.clean(policy, test_day + 24h));
  CHECK(all_readings(database).size() == 7000);
  CHECK(database.clean(policy, test_day + 24h));
  CHECK(all_readings(database).size() == 2000);
  database.append(5, std::vector{[] {
                    auto what = reading_event(12'001);
                    what.time += 24h;
                    return what;
                  }()});
  pack_all(database);
  clean_all(database, policy, test_day + 24h);
  CHECK(numbers_of(all_readings(database)) == std::vector<std::uint64_t>{12'001});
}

TEST_CASE("what was begun before a restart is finished after it") {
  database_folder in;
  retention_policy policy{.max_age = 1s};
  {
    history_database database{in.settings()};
    database.append(5, reading_events(1, 12'000));
    pack_all(database);
    CHECK(database.clean(policy, test_day + 24h));
  }
  history_database database{in.settings()};
  clean_all(database, policy, test_day + 24h);
  CHECK(all_readings(database).empty());
}

TEST_CASE("when the database is too large, the log goes first, then the oldest readings") {
  database_folder in;
  history_database database{in.settings()};
  for (std::uint64_t begin = 1; begin <= 40'000; begin += 1000) {
    database.append(5, reading_events(begin, begin + 999));
    pack_all(database);
  }
  auto size = [&] { return database.usage().file_bytes; };
  auto whole = size();
  clean_all(database, {.max_bytes = whole - 400'000}, test_day);
  CHECK(size() <= whole - 400'000);
  CHECK(database.usage().events < 40'000);
  CHECK(database.usage().events > 10'000);
  CHECK(all_readings(database).size() == 40'000);

  clean_all(database, {.max_bytes = whole / 3}, test_day);
  CHECK(size() <= whole / 3);
  auto events = database.usage().events;
  CHECK(events <= 10'000);
  CHECK(events > 5'000);
  auto left = all_readings(database);
  CHECK(left.size() < 40'000);
  CHECK(left.size() > 10'000);
  CHECK(left.back().seq == 40'000);
  CHECK(left.size() == 40'000 - left.front().seq + 1);

  clean_all(database, {.max_bytes = 1}, test_day);
  CHECK(all_readings(database).empty());
  CHECK(all_events(database).empty());
  CHECK(database.reached() == cursor{5, 40'000});
}

TEST_CASE("space is given back to the disk in steps") {
  database_folder in;
  history_database database{in.settings()};
  for (std::uint64_t begin = 1; begin <= 200'000; begin += 20'000)
    database.append(5, log_events(begin, begin + 19'999));
  pack_all(database);
  database.checkpoint(true);
  auto before = std::filesystem::file_size(in.file());
  REQUIRE(before > 5'000'000);
  clean_all(database, {.max_log_age = 1ms}, test_day + 240h);
  database.checkpoint(true);
  CHECK(std::filesystem::file_size(in.file()) < before / 2);
  CHECK(database.usage().file_bytes < 200'000);
}

TEST_CASE("two meshes age apart from each other, and one that is not configured any more, too") {
  database_folder in;
  {
    history_database database{in.settings()};
    auto events = reading_events(1, 100);
    for (std::size_t i = 50; i < 100; ++i) {
      events[i].mesh = {1};
      events[i].time += 2h;
    }
    database.append(5, events);
    pack_all(database);
    clean_all(database, {.max_age = 1h}, test_day + 2h);
    CHECK(all_readings(database).empty());
    CHECK(all_readings(database, {{1}, {1}, test_type}).size() == 50);
  }
  {
    history_database database{in.settings({"first"})};
    clean_all(database, {.max_age = 1h}, test_day + 24h);
  }
  history_database database{in.settings()};
  CHECK(all_readings(database, {{1}, {1}, test_type}).empty());
  CHECK(database.last_reading({1}) == 100);
}
