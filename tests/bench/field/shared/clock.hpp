#pragma once

#include <chrono>
#include <cstdint>
#include <thread>

namespace xylem::bench {

using namespace std::chrono_literals;

/// Of all processes of the machine: a time in a message can be compared by its receiver.
using monotonic = std::chrono::steady_clock;
using std::chrono::nanoseconds;

inline std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(nanoseconds{monotonic::now().time_since_epoch()}.count());
}

/// The clock of the kernel's stamps on packets. The system sets it at times: for short runs only.
inline std::uint64_t wall_ns() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(nanoseconds{since}.count());
}

inline double seconds(std::uint64_t from_ns, std::uint64_t to_ns) {
  return static_cast<double>(to_ns - from_ns) / 1e9;
}

inline std::uint64_t to_ns(double time_s) {
  return static_cast<std::uint64_t>(time_s * 1e9);
}

/// When the `index`-th of `rate` things a second is due.
inline std::uint64_t due_ns(std::uint64_t start_ns, std::uint64_t index, double rate) {
  return start_ns + static_cast<std::uint64_t>(static_cast<double>(index) * 1e9 / rate);
}

inline void sleep_until_ns(std::uint64_t time_ns) {
  std::this_thread::sleep_until(
      monotonic::time_point{nanoseconds{static_cast<std::int64_t>(time_ns)}});
}

} // namespace xylem::bench
