#pragma once

#include "protocol/monitor_messages.hpp"
#include "protocol/monitor_names.hpp"

namespace xylem {

/// Events of one mesh, in this node's terms.
struct followed_batch {
  mesh_index mesh{};
  std::vector<event> events{};
};

/// The events of a page by mesh: meshes and commands get the numbers that they have here
/// (monitor §5). `meshes` are those of the gateway, by their index there; what is of another one
/// came before its name, and is in the snapshot that follows it.
std::vector<followed_batch> batches_of(std::vector<event> events, std::size_t gateway,
                                       std::span<const mesh_index> meshes);

/// Whether a node that serves these would be followed in a circle.
bool is_loop(std::span<const instance_id> serves, instance_id own) noexcept;

/// What this node serves: itself, and what those serve whom it follows.
std::vector<instance_id> served(instance_id own,
                                std::span<const std::vector<instance_id>> followed);

} // namespace xylem
