#include "actors/history_database_series.hpp"

#include <algorithm>

namespace xylem::record {

namespace {

constexpr auto least = std::numeric_limits<std::int64_t>::min();
constexpr auto most = std::numeric_limits<std::int64_t>::max();

std::int64_t milliseconds_of(const std::optional<wall_time>& time, std::int64_t otherwise) {
  return time ? time->time_since_epoch().count() : otherwise;
}

reading reading_of(const execution& row) {
  return {.seq = row.unsigned_number(0), .time = row.time(1), .data = small_bytes{row.data(2)}};
}

const std::string in_bounds = " number >= ? AND number <= ? AND time >= ? AND time < ? ";
const std::string of_series = " WHERE series = ? AND" + in_bounds + "ORDER BY number ";

} // namespace

/// All but the end of the time is inclusive.
struct series_store::bounds {
  std::int64_t low = 0, high = most;
  std::int64_t from = least, to = most;
};

series_store::series_store(connection& with, const mesh_numbers& meshes, database_state& state)
    : with_{with}, meshes_{meshes}, state_{state},
      series_{with.sqlite(), "SELECT id FROM series WHERE mesh = ? AND node = ? AND code = ?"},
      marks_{with.sqlite(), "SELECT min(low), max(high) FROM mark WHERE mesh = ?"
                            " AND newest >= ? AND oldest < ?"},
      newest_{with.sqlite(), "SELECT number, time, data FROM reading" + of_series + "DESC LIMIT ?"},
      unpacked_{with.sqlite(), "SELECT number, time, data FROM event WHERE id > ? AND" + in_series
                                   + "AND node = ? AND mesh = ? AND code = ? AND" + in_bounds} {}

std::vector<reading> series_store::newest(const series_name& series, const reading_range& range,
                                          std::size_t limit) {
  auto later = unpacked(series, range);
  std::ranges::reverse(later);
  std::vector<reading> packed;
  if (auto id = id_of(series)) {
    auto in = bounds_of(series, range);
    auto at_most = std::min(limit, std::size_t{1} << 30);
    for (execution row{newest_, *id, in.low, in.high, in.from, in.to, at_most}; row.next();)
      packed.push_back(reading_of(row));
  }
  return joined(packed, later, limit);
}

void series_store::for_each(const series_name& series, const reading_range& range,
                            const std::function<bool(const reading&)>& visit) {
  auto later = unpacked(series, range);
  auto next = later.begin();
  if (auto id = id_of(series)) {
    auto in = bounds_of(series, range);
    SQLite::Statement all{with_.sqlite(), "SELECT number, time, data FROM reading" + of_series};
    for (execution row{all, *id, in.low, in.high, in.from, in.to}; row.next();) {
      auto packed = reading_of(row);
      for (; next != later.end() && next->seq < packed.seq; ++next)
        if (!visit(*next))
          return;
      if (next != later.end() && next->seq == packed.seq)
        ++next;
      if (!visit(packed))
        return;
    }
  }
  for (; next != later.end(); ++next)
    if (!visit(*next))
      return;
}

bool series_store::knows(mesh_index mesh, node_address node) {
  if (!meshes_.knows(mesh))
    return false;
  SQLite::Statement find{with_.sqlite(),
                         "SELECT 1 FROM series WHERE mesh = ?1 AND node = ?2 UNION ALL "
                         "SELECT 1 FROM event WHERE id > ?3 AND node = ?2 AND mesh = ?1 AND"
                             + in_series + "LIMIT 1"};
  return execution{find, meshes_.number_of(mesh), node.value, state_.packed}.next();
}

/// A time is found by marks: clocks jump, so that numbers do not ascend with it.
series_store::bounds series_store::bounds_of(const series_name& series,
                                             const reading_range& range) {
  bounds in{.from = milliseconds_of(range.from, least), .to = milliseconds_of(range.to, most)};
  if (range.from || range.to) {
    execution row{marks_, meshes_.number_of(series.mesh), in.from, in.to};
    if (!row.next() || row.is_null(0))
      return {.high = -1};
    in.low = row.number(0);
    in.high = row.number(1);
  }
  if (range.before && *range.before <= static_cast<std::uint64_t>(most))
    in.high = std::min(in.high, static_cast<std::int64_t>(*range.before) - 1);
  return in;
}

std::optional<std::int64_t> series_store::id_of(const series_name& series) {
  if (!meshes_.knows(series.mesh))
    return std::nullopt;
  execution row{series_, meshes_.number_of(series.mesh), series.node.value, series.code.view()};
  return row.next() ? std::optional{row.number(0)} : std::nullopt;
}

/// Each number once, ascending; the earlier event is the one that is packed first.
std::vector<reading> series_store::unpacked(const series_name& series, const reading_range& range) {
  std::vector<reading> found;
  if (state_.unpacked == 0 || !meshes_.knows(series.mesh) || range.before == 0)
    return found;
  auto below = std::min<std::uint64_t>(range.before.value_or(most), most);
  execution row{unpacked_,
                state_.packed,
                series.node.value,
                meshes_.number_of(series.mesh),
                series.code.view(),
                std::int64_t{0},
                range.before ? below - 1 : below,
                milliseconds_of(range.from, least),
                milliseconds_of(range.to, most)};
  while (row.next())
    found.push_back(reading_of(row));
  std::ranges::stable_sort(found, {}, &reading::seq);
  found.erase(std::ranges::unique(found, {}, &reading::seq).begin(), found.end());
  return found;
}

} // namespace xylem::record
