#pragma once

#include "protocol/command_ledger.hpp"
#include "protocol/event.hpp"
#include "protocol/node_table.hpp"

#include <string>
#include <vector>

namespace xylem {

/// What outlives the process (record §3). Times of the monotonic clock do not.

struct saved_series {
  type_code code{};
  std::vector<reading> readings{}; ///< oldest first, `seq` ascending; never empty

  bool operator==(const saved_series&) const = default;
};

struct saved_node {
  node_address address{};
  std::optional<node_uuid> uuid{};
  wall_time first_heard{};
  wall_time last_heard{};
  node_counters counters{};
  std::vector<saved_series> series{}; ///< of different types

  bool operator==(const saved_node&) const = default;
};

saved_node save(const node& subject);

/// A command as it was; its deadline is a time of the wall clock.
struct saved_command {
  command_id id{};
  command what{};
  command_origin origin = command_origin::client;
  command_state state = command_state::accepted;
  wall_time accepted{};
  wall_time deadline{};
  std::optional<wall_time> finished{};
  std::optional<failure> reason{};

  bool operator==(const saved_command&) const = default;
};

saved_command save(const command_record& record);

/// The command on the clocks of this process: what is left of its time is what the wall clock says,
/// at most `ttl`. Nothing is left of one that is late; expire() tells it. A finished one stays as
/// it was.
command_record restored(const saved_command& was, instant now, std::chrono::milliseconds ttl);

/// Where readings and commands are numbered from when nobody knows what was before: behind all
/// that were given out, unless there were a thousand a millisecond. A number that comes a second
/// time would be dropped from the record.
inline std::uint64_t number_beyond(wall_time now) noexcept {
  return static_cast<std::uint64_t>(now.time_since_epoch().count()) << 10;
}

struct saved_mesh {
  std::string name{};
  std::uint64_t last_reading = 0; ///< the highest `seq` of a reading that was given out
  std::uint64_t last_command = 0; ///< the highest command_id
  std::vector<saved_node> nodes{};       ///< by address
  std::vector<saved_command> commands{}; ///< by id

  bool operator==(const saved_mesh&) const = default;
};

struct saved_state {
  std::uint64_t generation = 0; ///< counts the snapshots of a folder: the higher one is the newer
  wall_time taken{};
  cursor reached{}; ///< events up to this one are in it; later ones may be, too
  std::vector<saved_mesh> meshes{};

  bool operator==(const saved_state&) const = default;
};

} // namespace xylem
