#pragma once

#include "actors/history_database_series.hpp"

namespace xylem::record {

/// A time that lies further ahead than this was told by a clock that was wrong: it goes with what
/// came after it.
inline constexpr std::chrono::hours believable{1};

/// Removes what is too old or too much, in small steps (record §2).
class retention {
public:
  retention(connection& with, database_state& state, series_store& series);

  /// One step. True: it did something, so there may be more.
  bool step(const retention_policy& policy, wall_time now);

private:
  /// Readings of a mesh that are being removed, series by series.
  struct removal {
    std::int64_t mesh = 0;
    std::int64_t up_to = 0;  ///< number
    std::int64_t series = 0; ///< the last one of which nothing is left
  };

  bool remove_old_events(std::chrono::milliseconds max_age, wall_time now);
  bool remove_old_readings(std::chrono::milliseconds max_age, wall_time now);
  bool remove_for_space(std::uint64_t max_bytes);
  bool give_space_back();

  bool remove_events(std::int64_t up_to);
  std::vector<life> lives_without(std::int64_t cleaned);

  std::optional<removal> too_old(std::int64_t mesh, wall_time before, wall_time now);
  std::optional<removal> oldest();
  bool remove_readings();
  std::vector<std::int64_t> next_series(const removal& of);
  void forget_marks();

  connection& with_;
  database_state& state_;
  series_store& series_;
  std::optional<removal> removing_{};
};

} // namespace xylem::record
