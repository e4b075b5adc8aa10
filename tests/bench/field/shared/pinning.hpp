#pragma once

namespace xylem::bench {

/// -1: any core.
struct placement {
  int core = -1;
  int nice = 0;
};

/// Does nothing for -1 or when the machine has no such core.
void pin_this_thread(int core);

bool has_core(int core);

} // namespace xylem::bench
