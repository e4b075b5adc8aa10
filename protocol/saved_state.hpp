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
  std::vector<reading> readings{}; ///< oldest first, `seq` ascending
};

struct saved_node {
  node_address address{};
  std::optional<node_uuid> uuid{};
  wall_time first_heard{};
  wall_time last_heard{};
  node_counters counters{};
  std::vector<saved_series> series{};
};

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
};

struct saved_mesh {
  std::string name{};
  std::uint64_t last_reading = 0; ///< the highest `seq` of a reading that was given out
  std::uint64_t last_command = 0; ///< the highest command_id
  std::vector<saved_node> nodes{};
  std::vector<saved_command> commands{}; ///< by id
};

struct saved_state {
  wall_time taken{};
  cursor reached{}; ///< events up to this one are in it; later ones may be, too
  std::vector<saved_mesh> meshes{};
};

} // namespace xylem
