#include "history_database_fixture.hpp"

#include <stdexcept>

#include <sys/stat.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

/// One of each kind, with data of every length that is stored in another way.
std::vector<event> events_of_all_kinds() {
  std::vector<event> events;
  for (int kind = 0; kind <= static_cast<int>(event_kind::gap); ++kind)
    for (std::size_t length : {0, 1, 16, 17, 5000}) {
      bytes data(length, std::byte{0});
      for (std::size_t i = 0; i < length; ++i)
        data[i] = static_cast<std::byte>(i * 7);
      auto seq = events.size() + 1;
      events.push_back({.seq = seq,
                        .time = test_day - std::chrono::milliseconds{seq},
                        .id = seq % 3 == 0 ? ~0ULL - seq : seq,
                        .mesh = {static_cast<std::uint16_t>(seq % 2)},
                        .node = {static_cast<std::uint16_t>(0xFFFF - seq)},
                        .code = type_code{view_of(std::string_view{"\0\xFFx", seq % 4})},
                        .kind = static_cast<event_kind>(kind),
                        .state = static_cast<std::uint8_t>(seq * 5),
                        .data = small_bytes{data}});
    }
  return events;
}

std::vector<event> without_epochs(const life_events& found) {
  std::vector<event> events;
  for (const auto& [epoch, what] : found)
    events.push_back(what);
  return events;
}

} // namespace

TEST_CASE("a database that was just created is empty, and only its owner can read it") {
  database_folder in;
  history_database database{in.settings()};
  CHECK(database.reached() == cursor{});
  CHECK(all_events(database).empty());
  CHECK(database.usage().events == 0);
  CHECK_FALSE(database.usage().oldest_event);
  CHECK(database.last_reading({0}) == 0);
  CHECK_FALSE(database.pack(100));
  database.append(5, log_events(1, 1));
  for (auto name : {"history.db", "history.db-wal", "history.db-shm"}) {
    struct ::stat status {};
    REQUIRE(::stat((in.folder() / name).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
}

TEST_CASE("every event is read as it was appended, at once and after a restart") {
  database_folder in;
  auto events = events_of_all_kinds();
  {
    history_database database{in.settings()};
    database.append(5, events);
    CHECK(without_epochs(all_events(database)) == events);
  }
  history_database again{in.settings()};
  CHECK(without_epochs(all_events(again)) == events);
  CHECK(again.reached() == cursor{5, events.size()});
  CHECK(again.usage().events == events.size());
  CHECK(again.usage().oldest_event == events.front().time);
}

TEST_CASE("events that do not ascend, or of an earlier life, are a mistake of the caller") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, log_events(1, 10));
  auto refused = [&](std::uint64_t epoch, std::vector<event> events) {
    CHECK_THROWS_AS(database.append(epoch, events), std::logic_error);
    CHECK(database.reached() == cursor{5, 10});
    CHECK(all_events(database).size() == 10);
  };
  refused(5, log_events(10, 10));
  refused(5, {log_event(11), log_event(11)});
  refused(5, {log_event(12), log_event(11)});
  refused(6, {log_event(0)});
  refused(4, log_events(11, 12));
  refused(0, log_events(11, 12));
  auto foreign = log_event(11);
  foreign.mesh = {2};
  refused(5, {log_event(11), foreign});
  database.append(5, {});
  database.append(7, {});
  CHECK(database.reached() == cursor{5, 10});
  database.append(5, log_events(11, 12));
  CHECK(database.reached() == cursor{5, 12});
}

TEST_CASE("events are found behind a cursor over several lives") {
  database_folder in;
  {
    history_database database{in.settings()};
    database.append(5, log_events(1, 3));
    database.append(8, log_events(2, 4));
  }
  history_database database{in.settings()};
  database.append(9, log_events(1, 1));
  CHECK(all_events(database)
        == life_events{{5, log_event(1)},
                       {5, log_event(2)},
                       {5, log_event(3)},
                       {8, log_event(2)},
                       {8, log_event(3)},
                       {8, log_event(4)},
                       {9, log_event(1)}});
  CHECK(all_events(database, {5, 2}).size() == 5);
  CHECK(all_events(database, {6, 900}).size() == 4);
  CHECK(all_events(database, {8, 900}).size() == 1);
  CHECK(all_events(database, {9, 1}).empty());
  CHECK(all_events(database, {10, 0}).empty());
  CHECK(database.reached() == cursor{9, 1});
}

TEST_CASE("meshes are known by their names, whatever the order of the configuration") {
  database_folder in;
  auto of_second = log_event(2, "second");
  of_second.mesh = {1};
  {
    history_database database{in.settings({"first", "second"})};
    database.append(5, std::vector{log_event(1, "first"), of_second});
  }
  {
    history_database database{in.settings({"third", "second"})};
    CHECK(all_events(database) == life_events{{5, of_second}});
    auto page = database.read_after({cursor{5, 0}, {}, 100}, test_day);
    CHECK_FALSE(page.gap);
    CHECK(page.events == std::vector{of_second});
    CHECK(page.complete);
  }
  history_database database{in.settings({"second", "first"})};
  auto found = all_events(database);
  REQUIRE(found.size() == 2);
  CHECK(found[0].second.mesh == mesh_index{1});
  CHECK(found[1].second.mesh == mesh_index{0});
}

TEST_CASE("a visitor may stop by an exception, and the database goes on") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, reading_events(1, 10));
  CHECK_THROWS_AS(database.for_each_event({}, [](auto, const event&) { throw 5; }), int);
  CHECK_THROWS_AS(database.for_each_reading(test_series, {}, [](auto&) -> bool { throw 5; }), int);
  database.append(5, reading_events(11, 20));
  CHECK(all_events(database).size() == 20);
}

TEST_CASE("other programs can read the database while it is written, and copy it") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, reading_events(1, 100));
  pack_all(database);
  auto copy = in.folder() / "copy.db";
  database.copy_to(copy);
  CHECK(fault_of([&] { database.copy_to(copy); }) == database_fault::io);
  database.append(5, reading_events(101, 110));
  auto settings = in.settings();
  settings.file = copy;
  history_database copied{settings};
  CHECK(copied.reached() == cursor{5, 100});
  CHECK(all_readings(copied).size() == 100);
  CHECK(all_readings(database).size() == 110);
}

TEST_CASE("a checkpoint writes the WAL back, and all is counted that goes to the disk") {
  database_folder in;
  auto settings = in.settings();
  settings.log_before_checkpoint = 100'000;
  history_database database{settings};
  auto before = database.usage();
  database.append(5, log_events(1, 100));
  auto frames = database.usage().written_bytes - before.written_bytes;
  CHECK(frames > 0);
  CHECK(frames == database.usage().log_bytes - before.log_bytes);
  database.checkpoint(false);
  CHECK(database.usage().written_bytes - before.written_bytes == frames);
  database.checkpoint(true);
  CHECK(database.usage().log_bytes == 0);
  auto pages = database.usage().written_bytes - before.written_bytes - frames;
  CHECK(pages % 4096 == 0);
  CHECK(pages > 0);
}

TEST_CASE("the newest events of the log are found, however many lives they are of") {
  database_folder in;
  history_database database{in.settings()};
  CHECK(database.before_newest(2) == cursor{});
  database.append(5, log_events(1, 4));
  database.append(6, log_events(2, 3));
  CHECK(database.before_newest(1) == cursor{6, 2});
  CHECK(database.before_newest(2) == cursor{5, 4});
  CHECK(database.before_newest(5) == cursor{5, 1});
  CHECK(database.before_newest(6) == cursor{});
  for (std::size_t events : {1, 2, 3, 4, 5, 6})
    CHECK(all_events(database, database.before_newest(events)).size() == events);
}
