#include "tests/bench/micro/workload.hpp"

#include <algorithm>
#include <cstdio>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#define CALLGRIND_ZERO_STATS
#define RUNNING_ON_VALGRIND 0
#endif

namespace xylem::bench {

/// Prints how many items were handled; how many instructions that took is in callgrind's file.
int count_instructions(const named_workload& subject, std::size_t operations) {
  if (RUNNING_ON_VALGRIND == 0) {
    std::fprintf(stderr, "not built with callgrind.h, or not run by valgrind --tool=callgrind\n");
    return 2;
  }
  auto work = subject.set_up();
  for (auto left = std::max<std::size_t>(operations / 8, 2); left > 0; --left)
    work.operation(); // buffers have their size, lazy symbols their address
  CALLGRIND_START_INSTRUMENTATION;
  CALLGRIND_ZERO_STATS;
  for (auto left = operations; left > 0; --left)
    work.operation();
  CALLGRIND_STOP_INSTRUMENTATION;
  std::printf("%zu\n", operations * work.items);
  return 0;
}

} // namespace xylem::bench
