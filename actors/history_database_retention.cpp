#include "actors/history_database_retention.hpp"

#include <algorithm>

namespace xylem::record {

namespace {

using namespace std::chrono_literals;

/// Rows that one step removes, and series that it looks at.
constexpr std::int64_t rows_at_once = 5000;

/// Events that stay when the database is too large while there are readings to remove.
constexpr std::int64_t events_kept = 10'000;

/// Lives of which nothing is left are remembered, so that it can be told how much a cursor missed.
constexpr std::size_t lives_remembered = 1000;

constexpr std::int64_t pages_at_once = 256;
constexpr std::int64_t pages_kept_free = 256;
constexpr std::int64_t share_kept_free = 20;

} // namespace

retention::retention(connection& with, database_state& state, series_store& series)
    : with_{with}, state_{state}, series_{series} {}

bool retention::step(const retention_policy& policy, wall_time now) {
  return remove_readings() || remove_old_events(policy.max_log_age, now)
         || remove_old_readings(policy.max_age, now) || remove_for_space(policy.max_bytes)
         || give_space_back();
}

/// From the front of the log, up to the first event that is not too old.
bool retention::remove_old_events(std::chrono::milliseconds max_age, wall_time now) {
  if (max_age <= 0ms)
    return false;
  SQLite::Statement oldest{with_.sqlite(), "SELECT id, time FROM event WHERE time <= ?"
                                           " ORDER BY id LIMIT ?"};
  std::optional<std::int64_t> up_to;
  for (execution row{oldest, now + believable, rows_at_once};
       row.next() && row.time(1) < now - max_age;)
    up_to = row.number(0);
  return up_to && remove_events(*up_to);
}

/// Readings that are not packed yet are packed first: they have an age of their own.
bool retention::remove_events(std::int64_t up_to) {
  auto packed = std::min(up_to, state_.packed);
  SQLite::Statement select{with_.sqlite(), "SELECT max(id), count(*) FROM (SELECT id FROM event"
                                           " WHERE id <= ? ORDER BY id LIMIT ?)"};
  execution found{select, packed, rows_at_once};
  found.next();
  if (found.number(1) == 0) {
    if (up_to > packed)
      series_.pack(static_cast<std::size_t>(rows_at_once));
    return up_to > packed;
  }
  auto last = found.number(0), rows = found.number(1);
  transaction all{with_};
  SQLite::Statement remove{with_.sqlite(), "DELETE FROM event WHERE id <= ?"};
  execution{remove, last}.run();
  SQLite::Statement set{with_.sqlite(), "UPDATE meta SET value = ? WHERE key = ?"};
  execution{set, last, std::string{"cleaned"}}.run();
  execution{set, state_.packed_events - rows, std::string{"packed_events"}}.run();
  auto lives = lives_without(last);
  all.commit();
  state_.lives = std::move(lives);
  state_.cleaned = last;
  state_.packed_events -= rows;
  return true;
}

/// Those that stay, when events up to this id are gone.
std::vector<life> retention::lives_without(std::int64_t cleaned) {
  auto lives = state_.lives;
  while (lives.size() > lives_remembered && lives.front().last_id() <= cleaned) {
    SQLite::Statement remove{with_.sqlite(), "DELETE FROM life WHERE epoch = ?"};
    execution{remove, lives.front().epoch}.run();
    lives.erase(lives.begin());
  }
  return lives;
}

bool retention::remove_for_space(std::uint64_t max_bytes) {
  if (max_bytes == 0 || with_.bytes_in_use() <= max_bytes)
    return false;
  if (state_.packed_events + state_.later_events > events_kept)
    return remove_events(state_.last_id());
  removing_ = oldest();
  return remove_readings() || remove_events(state_.last_id());
}

/// What is left free is used by what is recorded next.
bool retention::give_space_back() {
  auto unused = [&] { return with_.number("PRAGMA freelist_count"); };
  auto before = unused();
  auto kept = std::max(pages_kept_free, with_.number("PRAGMA page_count") / share_kept_free);
  if (before <= kept)
    return false;
  auto count = std::min(before - kept, pages_at_once);
  SQLite::Statement give{with_.sqlite(),
                         "PRAGMA incremental_vacuum(" + std::to_string(count) + ")"};
  while (give.executeStep())
    ;
  return unused() < before;
}

} // namespace xylem::record
