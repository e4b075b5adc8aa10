#include "pinning.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

#include <sched.h>
#include <unistd.h>

namespace xylem::bench {

namespace {

constexpr auto kernel_work = "/sys/devices/virtual/workqueue/cpumask";

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

void move_to_core(pid_t process, int core) {
  if (!has_core(core))
    return;
  auto cores = only(core);
  for (const auto& thread :
       std::filesystem::directory_iterator{"/proc/" + std::to_string(process) + "/task"})
    if (sched_setaffinity(std::stoi(thread.path().filename()), sizeof cores, &cores) != 0)
      throw std::system_error{errno, std::generic_category(), "sched_setaffinity"};
}

kernel_work_on::kernel_work_on(int core) {
  if (!has_core(core))
    return;
  std::getline(std::ifstream{kernel_work}, was_);
  std::ostringstream mask;
  mask << std::hex << (1ULL << core);
  if (!(std::ofstream{kernel_work} << mask.str() << std::flush))
    was_.clear();
}

kernel_work_on::~kernel_work_on() {
  if (!was_.empty())
    std::ofstream{kernel_work} << was_;
}

bool has_core(int core) {
  return core >= 0 && core < sysconf(_SC_NPROCESSORS_ONLN);
}

} // namespace xylem::bench
