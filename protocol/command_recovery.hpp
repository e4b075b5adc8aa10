#pragma once

#include "protocol/saved_state.hpp"

#include <map>

namespace xylem {

/// What became of a mesh's commands since its snapshot, from the events of the log (record §3).
class command_recovery {
public:
  command_recovery(const saved_mesh& was, std::chrono::milliseconds ttl);

  /// An event of kind command. True: it was accepted, and nobody had said so.
  bool apply(const event& what);

  /// By id; of the finished ones only the newest `limits::finished_commands`.
  std::vector<saved_command> commands() const;
  std::uint64_t last_id() const noexcept { return last_id_; }

private:
  std::chrono::milliseconds ttl_;
  std::map<command_id, saved_command> commands_;
  std::uint64_t last_id_;
};

} // namespace xylem
