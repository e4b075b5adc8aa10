#pragma once

#include "actors/history_database.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

namespace xylem::record {

/// One connection to a SQLite database, and what went through it to the disk. Nothing is changed
/// before use(): what is not ours, or not for us, is left as it is.
class connection {
public:
  explicit connection(const database_settings& settings);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// It is ours: from now on it is written, through a WAL.
  void use();

  SQLite::Database& sqlite() noexcept { return sqlite_; }

  /// The one value that is the answer, of a PRAGMA for example.
  std::int64_t number(const std::string& sql);
  std::string text(const std::string& sql);

  void begin();
  void commit();
  void roll_back() noexcept;

  /// Writes the WAL back if it is long, or `always`. While another program reads, what it reads
  /// stays in the WAL.
  void checkpoint(bool always);

  std::uint64_t bytes_in_use();    ///< of the database, without free pages
  std::uint64_t log_bytes() const; ///< of the file
  std::uint64_t written_bytes();

  /// Does `work`, and tells what SQLite throws as a database_error.
  template <class Work>
  auto guarded(Work&& work) {
    try {
      return work();
    } catch (const SQLite::Exception& thrown) {
      throw_fault(thrown);
    }
  }

private:
  void require_file();
  [[noreturn]] void throw_fault(const SQLite::Exception& thrown);
  static int on_commit(void* self, sqlite3*, const char*, int frames);
  void count_log(int frames);
  int pages_written();
  void count_checkpoint(int frames);
  std::string log_file() const;

  const database_settings settings_;
  SQLite::Database sqlite_;
  std::optional<SQLite::Statement> begin_, commit_, roll_back_;
  int frames_ = 0;       // in the WAL
  int checkpointed_ = 0; // of these, that are in the database, too
  std::uint64_t written_ = 0;
  int system_error_ = 0; // of the transaction that was rolled back
};

/// Rolled back unless it was committed.
class transaction {
public:
  explicit transaction(connection& with) : with_{with} { with_.begin(); }

  ~transaction() {
    if (!committed_)
      with_.roll_back();
  }

  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;

  void commit() {
    with_.commit();
    committed_ = true;
  }

private:
  connection& with_;
  bool committed_ = false;
};

} // namespace xylem::record
