#pragma once

#include "protocol/bytes.hpp"
#include "protocol/event.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

namespace xylem::record {

/// A statement that is being executed: begins with its parameters, is ready again at the end.
/// Bytes that are bound live at least as long.
class execution {
public:
  template <class... Values>
  explicit execution(SQLite::Statement& statement, const Values&... values)
      : statement_{statement} {
    int index = 0;
    (bind(++index, values), ...);
  }

  ~execution() { statement_.tryReset(); }
  execution(const execution&) = delete;
  execution& operator=(const execution&) = delete;

  /// To the next row, if there is one.
  bool next() { return statement_.executeStep(); }

  /// To the end; the number of rows that were changed.
  std::int64_t run() { return statement_.exec(); }

  std::int64_t number(int column) const { return statement_.getColumn(column).getInt64(); }
  bool is_null(int column) const { return statement_.isColumnNull(column); }

  std::uint64_t unsigned_number(int column) const {
    return static_cast<std::uint64_t>(number(column));
  }

  wall_time time(int column) const { return wall_time{std::chrono::milliseconds{number(column)}}; }

  /// Lives until the next row.
  bytes_view data(int column) const {
    auto value = statement_.getColumn(column);
    return {static_cast<const std::byte*>(value.getBlob()),
            static_cast<std::size_t>(value.getBytes())};
  }

private:
  void bind(int index, std::int64_t value) { statement_.bind(index, value); }
  void bind(int index, std::uint64_t value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, int value) { statement_.bind(index, value); }
  void bind(int index, wall_time value) { bind(index, value.time_since_epoch().count()); }
  void bind(int index, const std::string& value) { statement_.bindNoCopy(index, value); }

  /// No bytes are not NULL.
  void bind(int index, bytes_view value) {
    statement_.bindNoCopy(index, value.empty() ? "" : static_cast<const void*>(value.data()),
                          static_cast<int>(value.size()));
  }

  SQLite::Statement& statement_;
};

} // namespace xylem::record
