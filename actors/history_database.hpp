#pragma once

#include "protocol/event.hpp"
#include "protocol/history.hpp"
#include "protocol/replay.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace xylem {

/// Why the database cannot be used now (record §2).
enum class database_fault : std::uint8_t {
  full, ///< no space on the disk
  read_only,
  locked,  ///< another program holds it
  corrupt, ///< must be set aside
  newer,   ///< of a later version of xylem: left alone
  io,      ///< anything else of the system below
};

std::string_view to_string(database_fault fault) noexcept;

class database_error : public std::runtime_error {
public:
  database_error(database_fault fault, const std::string& what)
      : std::runtime_error{what}, fault_{fault} {}

  database_fault fault() const noexcept { return fault_; }

private:
  database_fault fault_;
};

struct database_settings {
  std::filesystem::path file;
  std::vector<std::string> meshes;    ///< names by mesh_index
  bool sync = true;                   ///< a commit survives a power cut, not only the process
  std::size_t cache_bytes = 4U << 20; ///< of SQLite's page cache
  std::size_t log_before_checkpoint = 4U << 20; ///< bytes of the WAL
};

struct retention_policy {
  std::chrono::milliseconds max_age{0};     ///< of readings; 0: for ever
  std::chrono::milliseconds max_log_age{0}; ///< of events
  std::uint64_t max_bytes = 0;              ///< of the file; 0: no bound
};

/// One series of readings.
struct series_name {
  mesh_index mesh{};
  node_address node{};
  type_code code{};

  bool operator==(const series_name&) const = default;
};

struct database_usage {
  std::uint64_t file_bytes = 0;    ///< in use, without free pages
  std::uint64_t log_bytes = 0;     ///< of the WAL
  std::uint64_t written_bytes = 0; ///< to the disk since it was opened
  std::uint64_t events = 0;        ///< in the log
  std::uint64_t unpacked = 0;      ///< of these, readings that are not in their series yet
  std::optional<wall_time> oldest_event{};
};

/// The record on disk (record §2): a log of events, and readings by series. Blocks; belongs to
/// one thread. Everything throws database_error; what was thrown in changed nothing.
class history_database {
public:
  /// Opens, creates or migrates.
  explicit history_database(database_settings settings);
  ~history_database();

  /// Renames a database that cannot be read, and what belongs to it. The new name.
  static std::filesystem::path set_aside(const std::filesystem::path& file, wall_time now);

  /// The last event that is in it; epoch 0: none yet.
  cursor reached() const;

  /// Appends events of one life of the hub in one transaction. Their `seq` ascend and are above
  /// reached(), or of a new life, whose epoch is above all others; numbers that are left out were
  /// not recorded.
  void append(std::uint64_t epoch, std::span<const event> events);

  /// Nothing came after this event in its life, recorded or not: told at its end, so that who has
  /// seen it knows that nothing is missing before the next life.
  void end_life(cursor last);

  /// The last life has ended so: nothing happened that is not known.
  bool has_ended() const;

  /// What came after a cursor of any life, the lives in order; a page never mixes two. A gap first
  /// when events are missing after the cursor. `complete` when nothing newer is in the database.
  replay_page read_after(const replay_query& asked, wall_time now) const;

  /// The newest readings of a series in a range, newest first, packed or not, at most `limit`.
  std::vector<reading> readings(const series_name& series, const reading_range& range,
                                std::size_t limit) const;

  /// The same, all of them, oldest first; `visit` returns false to stop.
  void for_each_reading(const series_name& series, const reading_range& range,
                        const std::function<bool(const reading&)>& visit) const;

  bool knows(mesh_index mesh, node_address node) const;

  /// Where the newest events of the log begin, so many of them; of a shorter log its beginning.
  cursor before_newest(std::size_t events) const;

  /// Events after a cursor in their order; for the start.
  void for_each_event(cursor after,
                      const std::function<void(std::uint64_t epoch, const event&)>& visit) const;

  /// The highest number of a reading of a mesh, 0: none.
  std::uint64_t last_reading(mesh_index mesh) const;

  /// Moves readings of the log to their series, at most about `max_readings`. True: there is more.
  bool pack(std::size_t max_readings);

  /// Removes what is too old or too much, a bounded step. True: there is more.
  bool clean(const retention_policy& policy, wall_time now);

  /// Writes the WAL back if it is long, or `always`.
  void checkpoint(bool always);

  /// A consistent copy, while it is in use.
  void copy_to(const std::filesystem::path& file) const;

  database_usage usage() const;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace xylem
