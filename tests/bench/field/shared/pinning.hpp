#pragma once

#include <string>

#include <sys/types.h>

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

/// All threads that a process has now. Throws std::system_error.
void move_to_core(pid_t process, int core);

/// While it lives, the kernel does what it puts off (of a terminal: all that is read) on one core,
/// where it may: root can ask for that.
class kernel_work_on {
public:
  explicit kernel_work_on(int core);
  ~kernel_work_on();
  kernel_work_on(const kernel_work_on&) = delete;
  kernel_work_on& operator=(const kernel_work_on&) = delete;

private:
  std::string was_; // empty: it may not be changed
};

bool has_core(int core);

} // namespace xylem::bench
