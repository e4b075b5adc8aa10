#pragma once

namespace xylem::bench {

enum class urgency {
  normal,
  gives_way, ///< whoever wakes up on its core gets the core at once
};

struct placement {
  int core = -1; ///< -1: any
  urgency how = urgency::normal;
};

/// Does nothing for -1 or when the machine has no such core.
void pin_this_thread(int core);

bool has_core(int core);

} // namespace xylem::bench
