#pragma once

#include "actors/history_database_connection.hpp"

namespace xylem::record {

/// A life of the event hub in the log: its event `seq` has the id `base + seq`.
struct life {
  std::uint64_t epoch = 0;
  std::int64_t base = 0;
  std::uint64_t last = 0; ///< the last event that is known of
  bool ended = false;     ///< there was none after it

  std::int64_t id_of(std::uint64_t seq) const noexcept {
    return base + static_cast<std::int64_t>(seq);
  }
  std::uint64_t seq_of(std::int64_t id) const noexcept {
    return static_cast<std::uint64_t>(id - base);
  }
  std::int64_t last_id() const noexcept { return id_of(last); }
};

/// The meshes of the configuration as the database numbers them.
class mesh_numbers {
public:
  /// Gives numbers to those that are new.
  mesh_numbers(connection& with, const std::vector<std::string>& names);

  bool knows(mesh_index mesh) const noexcept { return mesh.value < numbers_.size(); }
  std::int64_t number_of(mesh_index mesh) const { return numbers_.at(mesh.value); }

  /// Nothing: it is not configured any more.
  std::optional<mesh_index> find(std::int64_t number) const noexcept;

  std::size_t size() const noexcept { return numbers_.size(); }

private:
  std::vector<std::int64_t> numbers_; // by mesh_index
};

/// What is known of the database without asking it, as of the last commit.
struct database_state {
  std::vector<life> lives{};                  ///< in their order
  std::int64_t packed = 0;                    ///< readings up to this id are in their series
  std::int64_t packed_events = 0;             ///< events in the log up to this id
  std::int64_t cleaned = 0;                   ///< events up to this id were removed
  std::int64_t later_events = 0;              ///< behind `packed`
  std::int64_t unpacked = 0;                  ///< of these, readings for a series
  std::vector<std::uint64_t> last_readings{}; ///< by mesh_index

  std::int64_t last_id() const noexcept { return lives.empty() ? 0 : lives.back().last_id(); }
};

database_state read_state(connection& with, const mesh_numbers& meshes);

/// Whether a reading belongs to a series: it was kept, so it has a number.
inline bool is_for_series(const event& what) noexcept {
  return what.kind == event_kind::reading && what.id != 0;
}

/// The same in SQL.
inline const std::string in_series = " kind = 0 AND number <> 0 ";
static_assert(static_cast<int>(event_kind::reading) == 0);

} // namespace xylem::record
