#include "pinning.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace xylem::bench {

bool apply(urgency how) {
  if (how == urgency::nicer)
    return setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + 10) == 0;
  sched_param none{};
  return how == urgency::normal || sched_setscheduler(0, SCHED_IDLE, &none) == 0;
}

void pin_this_thread(int core) {
  if (!has_core(core))
    return;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<unsigned>(core), &cores);
  sched_setaffinity(0, sizeof cores, &cores);
}

bool has_core(int core) {
  return core >= 0 && core < sysconf(_SC_NPROCESSORS_ONLN);
}

} // namespace xylem::bench
