#pragma once

#include "actors/history_database_row.hpp"
#include "actors/history_database_state.hpp"

namespace xylem::record {

/// The events of all lives of the hub in their order (record §2).
class event_log {
public:
  event_log(connection& with, const mesh_numbers& meshes, database_state& state);

  cursor reached() const noexcept;
  void append(std::uint64_t epoch, std::span<const event> events);
  void end_life(cursor last);
  bool has_ended() const noexcept { return state_.lives.empty() || state_.lives.back().ended; }
  replay_page read_after(const replay_query& asked, wall_time now);
  cursor before_newest(std::size_t events);
  void for_each_event(cursor after, const std::function<void(std::uint64_t, const event&)>& visit);
  std::optional<wall_time> oldest();

private:
  struct place; // of an event, or of where it would be

  void require_order(std::uint64_t epoch, std::span<const event> events) const;
  life begin_life(std::uint64_t epoch);
  void write(const life& of, std::span<const event> events);
  void now_holds(const life& of, std::span<const event> events);

  std::vector<life>::const_iterator life_at_or_after(std::uint64_t epoch) const noexcept;
  std::optional<std::int64_t> first_id(std::int64_t after, std::int64_t up_to);
  place next_event(cursor after);
  std::optional<event> gap_before(const place& found, cursor after, wall_time now) const;
  void read_run(const place& begin, const replay_query& asked, replay_page& page);
  std::optional<event> event_of(const execution& row, const life& of) const;

  connection& with_;
  const mesh_numbers& meshes_;
  database_state& state_;
  SQLite::Statement insert_, first_id_, select_;
};

} // namespace xylem::record
