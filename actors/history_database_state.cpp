#include "actors/history_database_state.hpp"

#include "actors/history_database_row.hpp"

#include <algorithm>

namespace xylem::record {

namespace {

std::int64_t meta(connection& with, const std::string& key) {
  return with.number("SELECT value FROM meta WHERE key='" + key + "'");
}

std::vector<life> read_lives(connection& with) {
  std::vector<life> lives;
  SQLite::Statement all{with.sqlite(), "SELECT epoch, base, last, ended FROM life ORDER BY epoch"};
  for (execution row{all}; row.next();) {
    life next{row.unsigned_number(0), row.number(1), row.unsigned_number(2), row.number(3) != 0};
    if (next.base < 0 || (!lives.empty() && next.base < lives.back().last_id()))
      throw database_error{database_fault::corrupt, "lives overlap"};
    lives.push_back(next);
  }
  return lives;
}

/// What is not packed is looked at once: counted, and the highest numbers found. Row by row: sums
/// by mesh would sort all of it in memory.
void look_at_unpacked(database_state& state, connection& with, const mesh_numbers& meshes) {
  SQLite::Statement later{with.sqlite(), "SELECT mesh, iif(" + in_series
                                           + ", number, 0) FROM event WHERE id > ?"};
  for (execution row{later, state.packed}; row.next();) {
    ++state.later_events;
    auto number = row.unsigned_number(1);
    state.unpacked += number != 0 ? 1 : 0;
    if (auto mesh = meshes.find(row.number(0)); mesh && number != 0) {
      auto& last = state.last_readings[mesh->value];
      last = std::max(last, number);
    }
  }
}

} // namespace

mesh_numbers::mesh_numbers(connection& with, const std::vector<std::string>& names) {
  transaction all{with};
  SQLite::Statement add{with.sqlite(), "INSERT OR IGNORE INTO mesh(name, last) VALUES(?, 0)"};
  SQLite::Statement find{with.sqlite(), "SELECT id FROM mesh WHERE name = ?"};
  for (const auto& name : names) {
    execution{add, name}.run();
    execution found{find, name};
    found.next();
    numbers_.push_back(found.number(0));
  }
  all.commit();
}

std::optional<mesh_index> mesh_numbers::find(std::int64_t number) const noexcept {
  auto found = std::ranges::find(numbers_, number);
  if (found == numbers_.end())
    return std::nullopt;
  return mesh_index{static_cast<std::uint16_t>(found - numbers_.begin())};
}

database_state read_state(connection& with, const mesh_numbers& meshes) {
  database_state state{.lives = read_lives(with),
                       .packed = meta(with, "packed"),
                       .packed_events = meta(with, "packed_events"),
                       .cleaned = meta(with, "cleaned")};
  auto last = std::max(
      {with.number("SELECT ifnull(max(id), 0) FROM event"), state.cleaned, state.last_id()});
  if (!state.lives.empty())
    state.lives.back().last = state.lives.back().seq_of(last);
  else if (last != 0)
    throw database_error{database_fault::corrupt, "events of no life"};
  SQLite::Statement readings{with.sqlite(), "SELECT last FROM mesh WHERE id = ?"};
  for (std::size_t i = 0; i < meshes.size(); ++i) {
    execution row{readings, meshes.number_of({static_cast<std::uint16_t>(i)})};
    state.last_readings.push_back(row.next() ? row.unsigned_number(0) : 0);
  }
  look_at_unpacked(state, with, meshes);
  return state;
}

} // namespace xylem::record
