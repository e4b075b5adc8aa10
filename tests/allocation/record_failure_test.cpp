// The record when memory is missing, for us or for SQLite, which takes its own.
#include "actors/snapshot_files.hpp"
#include "tests/actors/history_database_fixture.hpp"
#include "tests/allocation/allocation_failure.hpp"

#include <sqlite3.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

/// While it lives, the n-th piece of memory that SQLite asks for is missing. No database is open
/// when it begins or ends.
class sqlite_memory {
public:
  sqlite_memory() {
    sqlite3_shutdown();
    REQUIRE(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual) == SQLITE_OK);
    auto failing = usual;
    failing.xMalloc = [](int size) { return fails() ? nullptr : usual.xMalloc(size); };
    failing.xRealloc = [](void* old, int size) {
      return fails() ? nullptr : usual.xRealloc(old, size);
    };
    REQUIRE(sqlite3_config(SQLITE_CONFIG_MALLOC, &failing) == SQLITE_OK);
  }

  ~sqlite_memory() {
    armed = false;
    sqlite3_shutdown();
    sqlite3_config(SQLITE_CONFIG_MALLOC, &usual);
  }

  void miss(std::size_t after) {
    left = after;
    happened = false;
    armed = true;
  }

  /// Whether some was missing. None is from now on.
  bool heal() {
    armed = false;
    return happened;
  }

private:
  static bool fails() {
    if (!armed || left-- > 0)
      return false;
    armed = false;
    return happened = true;
  }

  static inline sqlite3_mem_methods usual{};
  static inline bool armed = false;
  static inline bool happened = false;
  static inline std::size_t left = 0;
};

/// What the recorder does with a database, in an order that makes every part of it work.
void record(history_database& database, std::uint64_t batch) {
  database.append(5, reading_events(100 * batch + 1, 100 * batch + 100));
  database.pack(50);
  database.clean({.max_age = std::chrono::hours{1}}, test_day + std::chrono::seconds{100});
  database.read_after({.from = cursor{5, 0}, .max_events = 10}, test_day);
  database.checkpoint(true);
}

/// Whole batches, each of their readings once, and it goes on.
void check_whole(const database_settings& settings) {
  history_database database{settings};
  auto [epoch, last] = database.reached();
  CHECK(last % 100 == 0);
  CHECK(all_readings(database).size() == last);
  database.append(5, reading_events(last + 1, last + 10));
  CHECK(all_readings(database).size() == last + 10);
}

saved_state state_of_nodes(std::uint16_t count) {
  saved_state state{.meshes = {{.name = "first"}}};
  for (std::uint16_t i = 1; i <= count; ++i)
    state.meshes[0].nodes.push_back({.address = {i}});
  return state;
}

} // namespace

TEST_CASE("A database that memory was missing for holds whole batches and is written again") {
  auto places = fail_everywhere([](std::size_t nth) {
    database_folder in;
    std::optional<history_database> database{in.settings()};
    record(*database, 0);
    auto happened = false;
    {
      allocation_failure missing{nth};
      try {
        record(*database, 1);
      } catch (const std::exception&) {
        // std::bad_alloc, or how SQLiteCpp calls it: the recorder ends by it, or opens it again
      }
      happened = missing.has_happened();
    }
    database.reset();
    check_whole(in.settings());
    return happened;
  });
  CHECK(places > 10);
}

TEST_CASE("A database whose batch memory was missing for takes it the next time") {
  auto places = fail_everywhere([](std::size_t nth) {
    database_folder in;
    history_database database{in.settings()};
    auto first = reading_events(1, 100);
    auto happened = false;
    {
      allocation_failure missing{nth};
      try {
        database.append(5, first);
      } catch (const std::bad_alloc&) {
      }
      happened = missing.has_happened();
    }
    if (database.reached().seq == 0)
      database.append(5, first);
    CHECK(all_readings(database).size() == 100);
    return happened;
  });
  CHECK(places > 2);
}

TEST_CASE("A database that SQLite has no memory for holds whole batches and is written again") {
  sqlite_memory memory;
  auto places = fail_everywhere([&](std::size_t nth) {
    database_folder in;
    std::optional<history_database> database{in.settings()};
    record(*database, 0);
    memory.miss(nth);
    try {
      record(*database, 1);
    } catch (const database_error&) {
    }
    auto happened = memory.heal();
    database.reset();
    check_whole(in.settings());
    return happened;
  });
  CHECK(places > 100);
}

TEST_CASE("A database that SQLite has no memory to open can be opened later") {
  sqlite_memory memory;
  auto places = fail_everywhere([&](std::size_t nth) {
    database_folder in;
    history_database{in.settings()}.append(5, reading_events(1, 100));
    memory.miss(nth);
    try {
      history_database again{in.settings()};
    } catch (const database_error& error) {
      CHECK(error.fault() != database_fault::corrupt); // it would be set aside
    }
    auto happened = memory.heal();
    check_whole(in.settings());
    return happened;
  });
  CHECK(places > 100);
}

TEST_CASE("A snapshot is the old one or the new one wherever memory is missing") {
  auto places = fail_everywhere([](std::size_t nth) {
    database_folder in;
    snapshot_files files{in.folder()};
    files.save(state_of_nodes(10));
    auto next = state_of_nodes(20);
    auto happened = false;
    {
      allocation_failure missing{nth};
      try {
        files.save(std::move(next));
        files.load();
      } catch (const std::bad_alloc&) {
      }
      happened = missing.has_happened();
    }
    auto nodes = files.load().state.value().meshes.at(0).nodes.size();
    CHECK((nodes == 10 || nodes == 20));
    files.save(state_of_nodes(30));
    CHECK(files.load().state.value().meshes.at(0).nodes.size() == 30);
    return happened;
  });
  CHECK(places > 10);
}
