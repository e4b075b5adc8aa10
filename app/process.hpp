#pragma once

#include <caf/actor_system_config.hpp>

/// What every process of this program that serves others sets up.
namespace xylem {

/// CAF's own threads only serve what blocks; everything else runs on the I/O thread.
struct quiet_config : caf::actor_system_config {
  quiet_config();
};

/// A thousand clients need more descriptors than the soft limit of most shells.
void raise_descriptor_limit();

/// Who wakes up is not kept waiting for what runs on the same core: the thread that calls asks Linux
/// (since 6.12) for short turns. Older kernels do so by themselves. Not for its children.
void take_short_turns();

/// What a crowd of clients needed goes back to the system: left to itself, the allocator keeps
/// large blocks, and hundreds of MiB of them.
void give_memory_back();

} // namespace xylem
