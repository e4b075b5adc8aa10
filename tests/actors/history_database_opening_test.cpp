#include "history_database_fixture.hpp"
#include "sqlite_faults.hpp"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <cerrno>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

void execute(const std::filesystem::path& file, const std::string& sql) {
  SQLite::Database{file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE}.exec(sql);
}

std::int64_t answer(const std::filesystem::path& file, const std::string& sql) {
  SQLite::Database database{file.string(), SQLite::OPEN_READWRITE};
  return database.execAndGet(sql).getInt64();
}

/// A database of version 1 (record §2): it had no marks. 300 readings of node 1, of which 200 are
/// in their series, in a life that had begun at 1000.
const std::string version_1 = R"sql(
PRAGMA auto_vacuum=INCREMENTAL;
PRAGMA journal_mode=WAL;
BEGIN;
CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE mesh(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last INTEGER NOT NULL) STRICT;
CREATE TABLE life(epoch INTEGER PRIMARY KEY, base INTEGER NOT NULL, last INTEGER NOT NULL, ended INTEGER NOT NULL) STRICT;
CREATE TABLE event(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, mesh INTEGER NOT NULL, node INTEGER NOT NULL, kind INTEGER NOT NULL, state INTEGER NOT NULL, code BLOB NOT NULL, number INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
CREATE TABLE series(id INTEGER PRIMARY KEY, mesh INTEGER NOT NULL, node INTEGER NOT NULL, code BLOB NOT NULL, UNIQUE(mesh, node, code)) STRICT;
CREATE TABLE reading(series INTEGER NOT NULL, number INTEGER NOT NULL, time INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY(series, number)) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES('format', 'xylem history'), ('version', 1), ('packed', 1200), ('packed_events', 200), ('cleaned', 0);
INSERT INTO mesh VALUES(4, 'second', 0), (9, 'first', 200);
INSERT INTO life VALUES(3, 0, 10, 0), (5, 1000, 0, 0);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
  INSERT INTO event SELECT 1000 + i, 1728000000000 + 1000 * i, 9, 1, 0, 0, x'475053', i, substr(x'0000000000FF', 1, 2 + i % 4) FROM n;
INSERT INTO series VALUES(17, 9, 1, x'475053');
INSERT INTO reading SELECT 17, number, time, data FROM event WHERE id <= 1200;
PRAGMA user_version=1;
PRAGMA application_id=0x58594C4D;
COMMIT;
)sql";

database_fault fault_of_opening(const database_folder& in) {
  return fault_of([&] { history_database{in.settings()}; });
}

} // namespace

TEST_CASE("a database of version 1 is migrated, and everything is found again") {
  database_folder in;
  execute(in.file(), version_1);
  {
    history_database database{in.settings()};
    CHECK(database.reached() == cursor{5, 300});
    CHECK(all_events(database).size() == 300);
    CHECK(database.usage().events == 300);
    CHECK(database.usage().unpacked == 100);
    CHECK(database.last_reading({0}) == 300);
    auto found = all_readings(database);
    REQUIRE(found.size() == 300);
    CHECK(found[7].seq == 8);
    CHECK(found[7].time == test_day + 8s);
    CHECK(found[7].data.size() == 2);
    CHECK(
        all_readings(database, test_series, {.from = test_day + 190s, .to = test_day + 210s}).size()
        == 20);
    database.append(6, log_events(1, 1));
    CHECK_FALSE(database.read_after({cursor{5, 299}, {}, 9}, test_day).gap);
  }
  CHECK(answer(in.file(), "PRAGMA user_version") == 2);
  CHECK(answer(in.file(), "SELECT value FROM meta WHERE key='version'") == 2);
  CHECK(answer(in.file(), "SELECT count(*) FROM mark") == 1);
  history_database again{in.settings()};
  CHECK(all_readings(again).size() == 300);
  while (again.clean({.max_age = 1ms}, test_day + 24h))
    ;
  CHECK(all_readings(again).size() == 100);
}

TEST_CASE("wherever a migration fails, the database is of its version, and the next try succeeds") {
  sqlite_faults faults;
  database_folder in;
  execute(in.file(), version_1);
  auto failures = 0;
  for (std::uint64_t operation = 0;; ++operation) {
    REQUIRE(operation < 1000);
    faults.fail_after(operation, SQLITE_FULL, ENOSPC);
    try {
      history_database database{in.settings()};
      faults.heal();
      CHECK(all_readings(database).size() == 300);
      break;
    } catch (const database_error& thrown) {
      CHECK(thrown.fault() == database_fault::full);
      CHECK(faults.heal());
      ++failures;
    }
    auto version = answer(in.file(), "PRAGMA user_version");
    CHECK(version == answer(in.file(), "SELECT value FROM meta WHERE key='version'"));
    CHECK(answer(in.file(), "SELECT count(*) FROM sqlite_master WHERE name='mark'") == version - 1);
    CHECK(answer(in.file(), "SELECT count(*) FROM event") == 300);
  }
  CHECK(failures > 2);
  CHECK(answer(in.file(), "PRAGMA user_version") == 2);
}

TEST_CASE("a newer version is refused, and the file is what it was") {
  database_folder in;
  {
    history_database database{in.settings()};
    database.append(5, log_events(1, 10));
  }
  execute(in.file(), "PRAGMA user_version=3; UPDATE meta SET value=3 WHERE key='version';"
                     "ALTER TABLE event ADD COLUMN something BLOB");
  auto before = content_of(in.file());
  CHECK(fault_of_opening(in) == database_fault::newer);
  CHECK(content_of(in.file()) == before);
  SUBCASE("also when it was not closed in order") {
    SQLite::Database other{in.file().string(), SQLite::OPEN_READWRITE};
    other.exec("INSERT INTO life VALUES(99, 99999, 0, 0)");
    before = content_of(in.file());
    auto log = content_of(in.file().string() + "-wal");
    CHECK_FALSE(log.empty());
    CHECK(fault_of_opening(in) == database_fault::newer);
    CHECK(content_of(in.file()) == before);
    CHECK(content_of(in.file().string() + "-wal") == log);
  }
}

TEST_CASE("what is not a record of xylem is refused") {
  database_folder in;
  SUBCASE("another SQLite database") {
    execute(in.file(), "CREATE TABLE t(x)");
  }
  SUBCASE("text") {
    write_content(in.file(), std::string(10'000, 'x'));
  }
  SUBCASE("a byte") {
    write_content(in.file(), "x");
  }
  SUBCASE("zeros") {
    write_content(in.file(), std::string(8192, '\0'));
  }
  for (auto sql :
       {"UPDATE meta SET value='xylem'  WHERE key='format'", "DELETE FROM meta WHERE key='format'",
        "DELETE FROM meta WHERE key='packed'", "UPDATE meta SET value=3 WHERE key='version'",
        "PRAGMA user_version=3", "PRAGMA user_version=0", "PRAGMA application_id=5",
        "DROP TABLE mark", "CREATE TABLE more(x)", "CREATE INDEX more ON event(time)",
        "CREATE TRIGGER more AFTER INSERT ON event BEGIN DELETE FROM life; END",
        "ALTER TABLE event RENAME COLUMN time TO moment", "DELETE FROM life"})
    SUBCASE(sql) {
      {
        history_database database{in.settings()};
        database.append(5, log_events(1, 10));
      }
      execute(in.file(), sql);
    }
  auto before = content_of(in.file());
  REQUIRE_FALSE(before.empty());
  CHECK(fault_of_opening(in) == database_fault::corrupt);
  CHECK(content_of(in.file()) == before);
}

TEST_CASE("a database that was not finished when it was created is created again") {
  database_folder in;
  SUBCASE("nothing was written") {
    write_content(in.file(), "");
  }
  SUBCASE("only its mode was") {
    execute(in.file(), "PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL");
    REQUIRE_FALSE(content_of(in.file()).empty());
  }
  history_database database{in.settings()};
  database.append(5, log_events(1, 10));
  CHECK(database.reached() == cursor{5, 10});
}

TEST_CASE("a folder that is not there is a fault") {
  database_folder in;
  auto settings = in.settings();
  settings.file = in.folder() / "nowhere" / "history.db";
  CHECK(fault_of([&] { history_database{settings}; }) == database_fault::io);
  settings.file = in.folder();
  CHECK(fault_of([&] { history_database{settings}; }) == database_fault::io);
}

TEST_CASE("a database that is set aside takes along what belongs to it, and replaces none") {
  database_folder in;
  auto write_all = [&](std::string_view content) {
    for (auto ending : {"", "-wal", "-shm"})
      write_content(in.file().string() + ending, std::string{content} + ending);
  };
  write_all("one");
  auto first = history_database::set_aside(in.file(), test_day);
  CHECK(first == in.file().string() + ".corrupt-2024-10-04T00:00:00.000Z");
  write_all("two");
  auto second = history_database::set_aside(in.file(), test_day);
  CHECK(second == first.string() + ".2");
  std::filesystem::remove(first);
  write_content(in.file(), "three");
  auto third = history_database::set_aside(in.file(), test_day);
  CHECK(third == first.string() + ".3");
  for (auto ending : {"", "-wal", "-shm"}) {
    CHECK(content_of(second.string() + ending) == std::string{"two"} + ending);
    CHECK_FALSE(std::filesystem::exists(in.file().string() + ending));
  }
  CHECK(content_of(first.string() + "-wal") == "one-wal");
  CHECK(content_of(third) == "three");
  history_database database{in.settings()};
  CHECK(database.reached() == cursor{});
}
