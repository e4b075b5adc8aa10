#include "protocol/followed_events.hpp"

#include <algorithm>

namespace xylem {

namespace {

followed_batch& batch_of(std::vector<followed_batch>& all, mesh_index mesh) {
  auto known = std::ranges::find(all, mesh, &followed_batch::mesh);
  return known == all.end() ? all.emplace_back(followed_batch{mesh}) : *known;
}

} // namespace

std::vector<followed_batch> batches_of(std::vector<event> events, std::size_t gateway,
                                       std::span<const mesh_index> meshes) {
  std::vector<followed_batch> batches;
  for (auto& what : events) {
    if (what.mesh.value >= meshes.size())
      continue;
    what.mesh = meshes[what.mesh.value];
    if (what.kind == event_kind::command)
      what.id = id_here({gateway, {what.id}}).value_or(command_id{}).value;
    batch_of(batches, what.mesh).events.push_back(std::move(what));
  }
  return batches;
}

bool is_loop(std::span<const instance_id> serves, instance_id own) noexcept {
  return std::ranges::find(serves, own) != serves.end();
}

std::vector<instance_id> served(instance_id own,
                                std::span<const std::vector<instance_id>> followed) {
  std::vector<instance_id> all{own};
  for (const auto& each : followed)
    for (auto id : each)
      if (std::ranges::find(all, id) == all.end())
        all.push_back(id);
  return all;
}

} // namespace xylem
