#pragma once

#include <cstdint>

#include <sys/types.h>

namespace xylem::bench {

/// What a process has used so far. CPU time is that of its living threads, from the scheduler's
/// own nanoseconds where the kernel tells them, else in clock ticks.
struct process_usage {
  double cpu_s = 0;
  double main_cpu_s = 0; ///< of its main thread alone
  std::uint64_t rss_bytes = 0;
  std::uint64_t peak_bytes = 0; ///< the highest it was
};

/// All zero when there is no such process.
process_usage usage_of(pid_t process);

} // namespace xylem::bench
