#include "actors/history_database_retention.hpp"

#include <algorithm>

namespace xylem::record {

namespace {

using namespace std::chrono_literals;

/// Old readings go when some are older than allowed by this share of the age, many at once:
/// removing a few of each series writes as many pages as removing a day of each.
constexpr int age_share = 32;

/// The same when there are too many: this share of all numbers.
constexpr std::int64_t size_share = 64;

/// Rows that one step removes, and what looking at a series counts: it reads a page or two.
constexpr std::int64_t rows_at_once = 5000;
constexpr std::int64_t rows_of_a_look = 5;

constexpr std::int64_t marks_at_once = 1000;

/// Removes readings of one series after the other, and series that have none.
class readings_remover {
public:
  readings_remover(connection& with, std::int64_t up_to)
      : up_to_{up_to}, last_{with.sqlite(),
                             "SELECT number FROM reading WHERE series = ? AND number <= ?"
                             " ORDER BY number LIMIT 1 OFFSET ?"},
        remove_{with.sqlite(), "DELETE FROM reading WHERE series = ? AND number <= ?"},
        forget_{with.sqlite(), "DELETE FROM series WHERE id = ?1 AND NOT EXISTS"
                               " (SELECT 1 FROM reading WHERE series = ?1)"} {}

  /// How many were removed; when fewer than `at_most`, there are no more of them.
  std::int64_t remove_from(std::int64_t series, std::int64_t at_most) {
    auto up_to = up_to_;
    if (execution row{last_, series, up_to, at_most - 1}; row.next())
      up_to = row.number(0);
    auto removed = execution{remove_, series, up_to}.run();
    if (removed < at_most)
      execution{forget_, series}.run();
    return removed;
  }

private:
  std::int64_t up_to_;
  SQLite::Statement last_, remove_, forget_;
};

} // namespace

bool retention::remove_old_readings(std::chrono::milliseconds max_age, wall_time now) {
  if (max_age <= 0ms)
    return false;
  SQLite::Statement meshes{with_.sqlite(), "SELECT DISTINCT mesh FROM mark WHERE newest < ?"};
  std::vector<std::int64_t> aged;
  for (execution row{meshes, now - max_age - max_age / age_share}; row.next();)
    aged.push_back(row.number(0));
  for (auto mesh : aged)
    if (removing_ = too_old(mesh, now - max_age, now); removing_)
      return remove_readings();
  return false;
}

/// From the lowest numbers on, up to the first mark that is not too old.
std::optional<retention::removal> retention::too_old(std::int64_t mesh, wall_time before,
                                                     wall_time now) {
  SQLite::Statement marks{with_.sqlite(), "SELECT high, newest FROM mark WHERE mesh = ?"
                                          " AND newest <= ? ORDER BY low LIMIT ?"};
  std::optional<removal> found;
  for (execution row{marks, mesh, now + believable, marks_at_once};
       row.next() && row.time(1) < before;)
    found = removal{.mesh = mesh, .up_to = std::max(found ? found->up_to : 0, row.number(0))};
  return found;
}

/// Of the mesh whose readings are the oldest.
std::optional<retention::removal> retention::oldest() {
  auto numbers = with_.number("SELECT ifnull(sum(high - low + 1), 0) FROM mark") / size_share;
  SQLite::Statement marks{with_.sqlite(),
                          "SELECT mesh, low, high FROM mark WHERE mesh ="
                          " (SELECT mesh FROM mark ORDER BY newest LIMIT 1) ORDER BY low LIMIT ?"};
  std::optional<removal> found;
  for (execution row{marks, marks_at_once}; numbers >= 0 && row.next();) {
    found =
        removal{.mesh = row.number(0), .up_to = std::max(found ? found->up_to : 0, row.number(2))};
    numbers -= std::max<std::int64_t>(row.number(2) - row.number(1) + 1, 1);
  }
  return found;
}

bool retention::remove_readings() {
  if (!removing_)
    return false;
  auto next = next_series(*removing_);
  auto done = removing_->series;
  auto left = rows_at_once;
  transaction all{with_};
  readings_remover remover{with_, removing_->up_to};
  for (auto series : next) {
    left -= remover.remove_from(series, left) + rows_of_a_look;
    if (left <= 0)
      break;
    done = series;
  }
  if (next.empty())
    forget_marks();
  all.commit();
  removing_->series = done;
  if (next.empty())
    removing_.reset();
  return true;
}

std::vector<std::int64_t> retention::next_series(const removal& of) {
  SQLite::Statement select{with_.sqlite(), "SELECT id FROM series WHERE mesh = ? AND id > ?"
                                           " ORDER BY id LIMIT ?"};
  std::vector<std::int64_t> next;
  for (execution row{select, of.mesh, of.series, rows_at_once / rows_of_a_look}; row.next();)
    next.push_back(row.number(0));
  return next;
}

void retention::forget_marks() {
  SQLite::Statement remove{with_.sqlite(), "DELETE FROM mark WHERE mesh = ? AND high <= ?"};
  execution{remove, removing_->mesh, removing_->up_to}.run();
}

} // namespace xylem::record
