#include "pinning.hpp"

#include <sched.h>
#include <unistd.h>

namespace xylem::bench {

namespace {

cpu_set_t only(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<unsigned>(core), &cores);
  return cores;
}

} // namespace

bool apply(urgency how) {
  if (how == urgency::normal)
    return true;
  sched_param wanted{.sched_priority = how == urgency::first ? 1 : 0};
  auto policy = how == urgency::first ? SCHED_RR : SCHED_IDLE;
  return sched_setscheduler(0, policy, &wanted) == 0 || how == urgency::first;
}

void pin_this_thread(int core) {
  if (!has_core(core))
    return;
  auto cores = only(core);
  sched_setaffinity(0, sizeof cores, &cores);
}

bool has_core(int core) {
  return core >= 0 && core < sysconf(_SC_NPROCESSORS_ONLN);
}

} // namespace xylem::bench
