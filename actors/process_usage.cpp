#include "actors/process_usage.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace xylem {

namespace {

void add_memory(boost::json::object& into) {
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  if (std::ifstream{"/proc/self/statm"} >> all >> resident) {
    auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    into["resident_bytes"] = resident * page;
    into["virtual_bytes"] = all * page;
  }
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void add_cpu(boost::json::object& into) {
  rusage used{};
  if (getrusage(RUSAGE_SELF, &used) == 0)
    into["cpu_seconds"] = seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// How many entries the folder has; 0 when it cannot be read.
std::uint64_t entries_of(const char* folder) {
  std::error_code error;
  std::uint64_t count = 0;
  std::filesystem::directory_iterator each{folder, error};
  while (!error && each != std::filesystem::directory_iterator{}) {
    ++count;
    each.increment(error);
  }
  return count;
}

void add_descriptors(boost::json::object& into) {
  if (auto open = entries_of("/proc/self/fd"); open > 0)
    into["open_fds"] = open - 1; // without the one that counts them
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    into["max_fds"] = std::uint64_t{limit.rlim_cur};
}

} // namespace

boost::json::object process_usage() {
  boost::json::object out;
  add_memory(out);
  add_cpu(out);
  if (auto threads = entries_of("/proc/self/task"); threads > 0)
    out["threads"] = threads;
  add_descriptors(out);
  return out;
}

} // namespace xylem
