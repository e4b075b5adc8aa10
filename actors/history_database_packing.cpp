#include "actors/history_database_series.hpp"

#include <algorithm>

namespace xylem::record {

namespace {

/// Of the log: those behind ?1 up to ?2 that belong to a series.
const std::string to_pack = " FROM event e WHERE id > ?1 AND id <= ?2 AND" + in_series;

/// Events that are looked at for each reading that may be packed.
constexpr std::size_t looked_at = 8;

} // namespace

bool series_store::pack(std::size_t max_readings) {
  if (state_.later_events == 0)
    return false;
  auto up_to = pack_up_to(std::clamp<std::size_t>(max_readings, 1, 1U << 30));
  transaction all{with_};
  auto readings = copy(up_to);
  mark(up_to);
  SQLite::Statement count{with_.sqlite(), "SELECT count(*) FROM event WHERE id > ? AND id <= ?"};
  execution counted{count, state_.packed, up_to};
  counted.next();
  auto events = counted.number(0);
  remember(up_to, state_.packed_events + events);
  all.commit();
  state_.packed = up_to;
  state_.packed_events += events;
  state_.later_events -= events;
  state_.unpacked -= readings;
  return state_.later_events > 0;
}

/// The id up to which there are at most that many readings, and not too much else.
std::int64_t series_store::pack_up_to(std::size_t max_readings) {
  auto last = state_.last_id();
  for (const auto& [which, count] : {std::pair{in_series, max_readings},
                                     std::pair{std::string{" 1 "}, looked_at * max_readings}}) {
    SQLite::Statement nth{with_.sqlite(), "SELECT id FROM event WHERE id > ? AND" + which
                                              + "ORDER BY id LIMIT 1 OFFSET ?"};
    if (execution row{nth, state_.packed, count - 1}; row.next())
      last = std::min(last, row.number(0));
  }
  return last;
}

/// Sorted, so that each page is written once. The number of readings that were looked at.
std::int64_t series_store::copy(std::int64_t up_to) {
  SQLite::Statement name{with_.sqlite(), "INSERT OR IGNORE INTO series(mesh, node, code)"
                                         " SELECT DISTINCT mesh, node, code"
                                             + to_pack};
  execution{name, state_.packed, up_to}.run();
  SQLite::Statement count{with_.sqlite(), "SELECT count(*)" + to_pack};
  execution counted{count, state_.packed, up_to};
  counted.next();
  SQLite::Statement add{
      with_.sqlite(),
      "INSERT OR IGNORE INTO reading SELECT s.id, e.number, e.time, e.data FROM event e CROSS JOIN"
      " series s WHERE e.id > ?1 AND e.id <= ?2 AND e.kind = 0 AND e.number <> 0 AND"
      " s.mesh = e.mesh AND s.node = e.node AND s.code = e.code ORDER BY 1, 2, e.id"};
  execution{add, state_.packed, up_to}.run();
  return counted.number(0);
}

void series_store::mark(std::int64_t up_to) {
  SQLite::Statement add{
      with_.sqlite(),
      "INSERT INTO mark SELECT mesh, min(number), max(number), min(time), max(time)" + to_pack
          + "GROUP BY mesh ON CONFLICT(mesh, low) DO UPDATE SET high = max(high, excluded.high),"
            " oldest = min(oldest, excluded.oldest), newest = max(newest, excluded.newest)"};
  execution{add, state_.packed, up_to}.run();
  SQLite::Statement last{with_.sqlite(),
                         "UPDATE mesh SET last = max(last, ifnull((SELECT max(number)" + to_pack
                             + "AND e.mesh = mesh.id), 0))"};
  execution{last, state_.packed, up_to}.run();
}

void series_store::remember(std::int64_t up_to, std::int64_t events) {
  SQLite::Statement set{with_.sqlite(), "UPDATE meta SET value = ? WHERE key = ?"};
  execution{set, up_to, std::string{"packed"}}.run();
  execution{set, events, std::string{"packed_events"}}.run();
}

} // namespace xylem::record
