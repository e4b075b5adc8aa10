#pragma once

namespace xylem::bench {

/// Of a thread.
enum class urgency {
  normal,
  first,     ///< gets the core at once, as if nobody else was there; only for root, else normal
  gives_way, ///< whoever wakes up on its core gets the core at once
};

struct placement {
  int core = -1; ///< -1: any
  urgency how = urgency::normal;
};

/// False: the kernel forbids it.
bool apply(urgency how);

/// Does nothing for -1 or when the machine has no such core.
void pin_this_thread(int core);

bool has_core(int core);

} // namespace xylem::bench
