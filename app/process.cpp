#include "app/process.hpp"

#include <caf/atom.hpp>

#include <chrono>
#include <cstdint>

#include <malloc.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace xylem {

namespace {

/// The least that Linux accepts (sched_setattr(2)); a batch of a read takes less.
constexpr std::chrono::nanoseconds turn = std::chrono::microseconds{100};

/// The `struct sched_attr` of Linux, whose header does not go together with that of the C library.
struct schedule {
  std::uint32_t size = sizeof(schedule);
  std::uint32_t policy = 0;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime_ns = 0;
  std::uint64_t deadline_ns = 0;
  std::uint64_t period_ns = 0;
};

/// SCHED_FLAG_RESET_ON_FORK.
constexpr std::uint64_t not_for_children = 1;

} // namespace

quiet_config::quiet_config() {
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", std::size_t{2});
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

void take_short_turns() {
  schedule wanted;
  if (::syscall(SYS_sched_getattr, 0, &wanted, sizeof wanted, 0) != 0)
    return;
  wanted.flags |= not_for_children;
  wanted.runtime_ns = static_cast<std::uint64_t>(turn.count());
  ::syscall(SYS_sched_setattr, 0, &wanted, 0); // where it is refused, turns are as they were
}

void give_memory_back() {
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
  mallopt(M_ARENA_MAX, 2);
}

} // namespace xylem
