#pragma once

#include <cstdint>

namespace xylem {

/// While it lives, the files of every SQLite database that is opened can fail. One at a time.
class sqlite_faults {
public:
  sqlite_faults();
  ~sqlite_faults();
  sqlite_faults(const sqlite_faults&) = delete;
  sqlite_faults& operator=(const sqlite_faults&) = delete;

  /// Writing, syncing and truncating fail with this code of SQLite and errno, after as many that
  /// succeed.
  void fail_after(std::uint64_t operations, int code, int system_error);

  /// From now on nothing fails. Whether something had.
  bool heal();

  /// Files that are opened can only be read.
  void open_read_only(bool only);

  std::uint64_t operations() const;    ///< that could have failed
  std::uint64_t written_bytes() const; ///< since it lives
};

} // namespace xylem
