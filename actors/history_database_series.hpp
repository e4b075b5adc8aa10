#pragma once

#include "actors/history_database_row.hpp"
#include "actors/history_database_state.hpp"

namespace xylem::record {

/// Readings by series (record §2): those that are packed, and those that are only in the log yet.
class series_store {
public:
  series_store(connection& with, const mesh_numbers& meshes, database_state& state);

  std::vector<reading> newest(const series_name& series, const reading_range& range,
                              std::size_t limit);
  void for_each(const series_name& series, const reading_range& range,
                const std::function<bool(const reading&)>& visit);
  bool knows(mesh_index mesh, node_address node);
  bool pack(std::size_t max_readings);

private:
  struct bounds; // of a range, in numbers and times

  bounds bounds_of(const series_name& series, const reading_range& range);
  std::optional<std::int64_t> id_of(const series_name& series);
  std::vector<reading> unpacked(const series_name& series, const reading_range& range);
  std::int64_t pack_up_to(std::size_t max_readings);
  std::int64_t copy(std::int64_t up_to);
  void mark(std::int64_t up_to);
  void remember(std::int64_t up_to, std::int64_t events);

  connection& with_;
  const mesh_numbers& meshes_;
  database_state& state_;
  SQLite::Statement series_, marks_, newest_, unpacked_;
};

} // namespace xylem::record
