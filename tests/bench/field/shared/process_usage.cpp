#include "process_usage.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

#include <unistd.h>

namespace xylem::bench {

namespace {

namespace fs = std::filesystem;

std::optional<double> scheduled_s(const fs::path& folder) {
  std::error_code error;
  double sum = 0;
  for (const auto& thread : fs::directory_iterator{folder / "task", error}) {
    std::uint64_t ran_ns = 0;
    if (!(std::ifstream{thread.path() / "schedstat"} >> ran_ns))
      return std::nullopt;
    sum += static_cast<double>(ran_ns) / 1e9;
  }
  return error ? std::nullopt : std::optional{sum};
}

double ticked_s(const fs::path& folder) {
  std::ifstream file{folder / "stat"};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  // After the name: state, 10 other fields, utime, stime.
  std::istringstream fields{text.substr(std::min(text.rfind(')') + 1, text.size()))};
  std::string skipped;
  for (auto i = 0; i < 11; ++i)
    fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double main_thread_s(const fs::path& folder, pid_t process) {
  auto thread = folder / "task" / std::to_string(process);
  std::uint64_t ran_ns = 0;
  if (std::ifstream{thread / "schedstat"} >> ran_ns)
    return static_cast<double>(ran_ns) / 1e9;
  return ticked_s(thread);
}

std::uint64_t peak_of(const fs::path& folder) {
  std::ifstream file{folder / "status"};
  for (std::string word; file >> word;)
    if (std::uint64_t kib = 0; word == "VmHWM:" && file >> kib)
      return kib * 1024;
  return 0;
}

} // namespace

process_usage usage_of(pid_t process) {
  auto folder = fs::path{"/proc"} / std::to_string(process);
  std::uint64_t pages = 0;
  std::ifstream{folder / "statm"} >> pages >> pages;
  auto cpu_s = scheduled_s(folder);
  return {cpu_s ? *cpu_s : ticked_s(folder), main_thread_s(folder, process),
          pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)), peak_of(folder)};
}

} // namespace xylem::bench
