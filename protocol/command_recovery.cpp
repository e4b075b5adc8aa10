#include "protocol/command_recovery.hpp"

namespace xylem {

command_recovery::command_recovery(const saved_mesh& was, std::chrono::milliseconds ttl)
    : ttl_{ttl}, last_id_{was.last_command} {
  for (const auto& each : was.commands) {
    last_id_ = std::max(last_id_, each.id.value);
    commands_.insert_or_assign(each.id, each);
  }
}

bool command_recovery::apply(const event& what) {
  auto id = command_id{what.id};
  last_id_ = std::max(last_id_, id.value);
  if (auto content = accepted_command(what)) {
    saved_command fresh{.id = id,
                        .what = *std::move(content),
                        .accepted = what.time,
                        .deadline = what.time + ttl_};
    return commands_.try_emplace(id, std::move(fresh)).second;
  }
  auto found = commands_.find(id);
  if (found == commands_.end() || what.state > static_cast<std::uint8_t>(command_state::unknown))
    return false;
  found->second.state = static_cast<command_state>(what.state);
  found->second.finished = what.time;
  return false;
}

std::vector<saved_command> command_recovery::commands() const {
  auto is_finished = [](const auto& each) {
    return each.second.state != command_state::accepted;
  };
  auto finished = static_cast<std::size_t>(std::ranges::count_if(commands_, is_finished));
  std::vector<saved_command> kept;
  for (const auto& each : commands_)
    if (!is_finished(each) || finished-- <= limits::finished_commands)
      kept.push_back(each.second);
  return kept;
}

} // namespace xylem
