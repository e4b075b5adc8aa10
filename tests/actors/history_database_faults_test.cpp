#include "file_size_limit.hpp"
#include "history_database_fixture.hpp"
#include "sqlite_faults.hpp"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <sys/wait.h>
#include <unistd.h>

using namespace xylem;
using namespace std::chrono_literals;

TEST_CASE("every fault has a name") {
  CHECK(to_string(database_fault::full) == "full");
  CHECK(to_string(database_fault::read_only) == "read-only");
  CHECK(to_string(database_fault::locked) == "locked");
  CHECK(to_string(database_fault::corrupt) == "corrupt");
  CHECK(to_string(database_fault::newer) == "newer");
  CHECK(to_string(database_fault::io) == "io");
}

TEST_CASE("a full disk is told, changes nothing, and is over when there is space again") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, reading_events(1, 100));
  {
    file_size_limit limit{database.usage().log_bytes + 8000};
    CHECK(fault_of([&] { database.append(5, reading_events(101, 5000)); }) == database_fault::full);
    CHECK(database.reached() == cursor{5, 100});
    CHECK(database.usage().unpacked == 100);
    CHECK(all_readings(database).size() == 100);
    CHECK(fault_of([&] { database.append(5, reading_events(101, 5000)); }) == database_fault::full);
  }
  database.append(5, reading_events(101, 5000));
  CHECK(all_readings(database).size() == 5000);
}

TEST_CASE("a database that is locked by another program is told, and over when it is not") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, log_events(1, 10));
  SQLite::Database other{in.file().string(), SQLite::OPEN_READWRITE};
  other.exec("BEGIN IMMEDIATE");
  CHECK(fault_of([&] { database.append(5, log_events(11, 20)); }) == database_fault::locked);
  CHECK(all_events(database).size() == 10);
  other.exec("ROLLBACK");
  database.append(5, log_events(11, 20));
  CHECK(all_events(database).size() == 20);
}

TEST_CASE("a program that reads does not keep the database from being written") {
  database_folder in;
  history_database database{in.settings()};
  database.append(5, log_events(1, 10));
  SQLite::Database other{in.file().string(), SQLite::OPEN_READONLY};
  other.exec("BEGIN");
  CHECK(other.execAndGet("SELECT count(*) FROM event").getInt() == 10);
  database.append(5, log_events(11, 20));
  database.checkpoint(true);
  CHECK(other.execAndGet("SELECT count(*) FROM event").getInt() == 10);
  other.exec("COMMIT");
  CHECK(other.execAndGet("SELECT count(*) FROM event").getInt() == 20);
}

TEST_CASE("a database that can only be read is told") {
  sqlite_faults faults;
  database_folder in;
  { history_database{in.settings()}.append(5, log_events(1, 10)); }
  auto before = content_of(in.file());
  faults.open_read_only(true);
  CHECK(fault_of([&] { history_database{in.settings()}; }) == database_fault::read_only);
  CHECK(content_of(in.file()) == before);
  faults.open_read_only(false);
  CHECK(history_database{in.settings()}.reached() == cursor{5, 10});
}

TEST_CASE("what the system below says is told as the fault that it is") {
  sqlite_faults faults;
  database_folder in;
  history_database database{in.settings()};
  database.append(5, log_events(1, 10));
  struct row {
    int code, system_error;
    database_fault expected;
  };
  for (auto [code, system_error, expected] :
       {row{SQLITE_FULL, ENOSPC, database_fault::full},
        row{SQLITE_IOERR_WRITE, EDQUOT, database_fault::full},
        row{SQLITE_IOERR_WRITE, EROFS, database_fault::read_only},
        row{SQLITE_IOERR_WRITE, EIO, database_fault::io},
        row{SQLITE_READONLY, EROFS, database_fault::read_only},
        row{SQLITE_BUSY, 0, database_fault::locked}, row{SQLITE_NOMEM, 0, database_fault::io},
        row{SQLITE_CORRUPT, 0, database_fault::corrupt}}) {
    faults.fail_after(0, code, system_error);
    CHECK(fault_of([&] { database.append(5, log_events(11, 20)); }) == expected);
    CHECK(faults.heal());
    CHECK(database.reached() == cursor{5, 10});
  }
  database.append(5, log_events(11, 20));
  CHECK(all_events(database).size() == 20);
}

TEST_CASE(
    "wherever the disk fails, what was thrown in changed nothing, and the next try succeeds") {
  for (auto sync : {false, true}) {
    sqlite_faults faults;
    database_folder in;
    auto settings = in.settings();
    settings.sync = sync;
    settings.cache_bytes = 20'000; // small, so that transactions spill to the disk
    history_database database{settings};
    std::uint64_t reached = 0;
    auto faults_seen = 0;
    // Each of these is tried with a failure at its first operation, its second one and so on.
    for (auto round = 0; round < 3; ++round) {
      auto batch = reading_events(reached + 1, reached + 1500);
      auto later = test_day + std::chrono::seconds{reached + 400};
      const std::function<void()> steps[]{
          [&] { database.append(5, batch); },
          [&] { database.pack(2000); },
          [&] { database.clean({.max_age = 1s, .max_log_age = 1s}, later); },
          [&] { database.clean({.max_age = 1s, .max_log_age = 1s}, later); },
          [&] { database.checkpoint(true); },
      };
      for (const auto& step : steps) {
        for (std::uint64_t operation = 0;; ++operation) {
          REQUIRE(operation < 5000);
          auto before = std::pair{all_events(database), all_readings(database)};
          faults.fail_after(operation, operation % 2 == 0 ? SQLITE_FULL : SQLITE_IOERR_WRITE, EIO);
          try {
            step();
            faults.heal();
            break;
          } catch (const database_error& thrown) {
            CHECK((thrown.fault() == database_fault::full || thrown.fault() == database_fault::io));
            CHECK(faults.heal());
          }
          ++faults_seen;
          CHECK(std::pair{all_events(database), all_readings(database)} == before);
          operation += operation / 8; // nearer to each other at the beginning
        }
      }
      reached += 1500;
      CHECK(database.reached() == cursor{5, reached});
    }
    CHECK(faults_seen > 50);
    auto readings = all_readings(database);
    CHECK(readings.back().seq == reached);
    CHECK(readings.size() == reached - readings.front().seq + 1);
    CHECK(database.usage().unpacked == 0);
  }
}

TEST_CASE("a database that cannot be created is created at the next try") {
  sqlite_faults faults;
  database_folder in;
  auto failures = 0;
  for (std::uint64_t operation = 0;; ++operation) {
    REQUIRE(operation < 1000);
    faults.fail_after(operation, SQLITE_FULL, ENOSPC);
    try {
      history_database database{in.settings()};
      faults.heal();
      database.append(5, log_events(1, 10));
      break;
    } catch (const database_error& thrown) {
      CHECK(thrown.fault() == database_fault::full);
      faults.heal();
      ++failures;
    }
  }
  CHECK(failures > 3);
  CHECK(history_database{in.settings()}.reached() == cursor{5, 10});
}

TEST_CASE("the bytes that are said to be written are those that are written") {
  sqlite_faults faults;
  database_folder in;
  auto settings = in.settings();
  settings.log_before_checkpoint = 200'000;
  std::uint64_t said = 0;
  {
    history_database database{settings};
    for (std::uint64_t begin = 1; begin < 100'000; begin += 500) {
      database.append(5, reading_events(begin, begin + 499));
      if (begin % 10'000 == 1)
        pack_all(database);
      database.checkpoint(false);
    }
    database.checkpoint(true);
    said = database.usage().written_bytes;
  }
  // But for what is written when it is created and closed.
  CHECK(said <= faults.written_bytes() + 4096);
  CHECK(said >= faults.written_bytes() - 20'000);
  CHECK(faults.written_bytes() > 10'000'000);
}

TEST_CASE("what was committed survives the process, and nothing else is there") {
  for (auto sync : {false, true})
    for (auto round = 0; round < 4; ++round) {
      database_folder in;
      auto settings = in.settings();
      settings.sync = sync;
      settings.log_before_checkpoint = 50'000;
      int ends[2];
      REQUIRE(pipe(ends) == 0);
      auto child = fork();
      REQUIRE(child >= 0);
      if (child == 0) {
        history_database database{settings};
        for (std::uint64_t seq = 1;; seq += 7) {
          database.append(5, reading_events(seq, seq + 6));
          if (write(ends[1], &seq, sizeof seq) != sizeof seq)
            _exit(1);
          if (seq % 5 == 0)
            database.pack(20);
          database.checkpoint(false);
        }
      }
      close(ends[1]);
      std::uint64_t told = 0;
      while (told < 200U + 300U * static_cast<unsigned>(round))
        REQUIRE(read(ends[0], &told, sizeof told) == sizeof told);
      kill(child, SIGKILL);
      REQUIRE(waitpid(child, nullptr, 0) == child);
      for (std::uint64_t more = 0; read(ends[0], &more, sizeof more) == sizeof more;)
        told = more;
      close(ends[0]);
      history_database database{settings};
      auto [epoch, reached] = database.reached();
      CHECK(epoch == 5);
      CHECK(reached >= told + 6);
      CHECK(reached <= told + 13);
      CHECK(reached % 7 == 0);
      CHECK(all_events(database).size() == reached);
      CHECK(all_readings(database).size() == reached);
      pack_all(database);
      CHECK(all_readings(database).size() == reached);
      database.append(6, reading_events(reached + 1, reached + 10));
      CHECK(all_events(database).size() == reached + 10);
    }
}
