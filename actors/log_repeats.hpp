#pragma once

#include "actors/settings.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace xylem {

/// What makes two log lines the same.
struct log_source {
  std::string actor;
  std::string mesh;
  std::string message;

  auto operator<=>(const log_source&) const = default;
};

/// A message that was left out `count` times.
struct log_repetition {
  log_source source;
  log_level level = log_level::info;
  std::uint64_t count = 0;

  bool operator==(const log_repetition&) const = default;
};

struct log_repeat_limits {
  std::size_t shown = 5;           ///< lines of one message in a window
  std::chrono::seconds window{10}; ///< from the first of them
  std::size_t followed = 1024;     ///< messages at a time; the oldest makes room
};

/// Decides which lines are left out. Not thread-safe.
class log_repeats {
public:
  explicit log_repeats(log_repeat_limits limits = {}) : limits_{limits} {}

  /// False: the line is left out, and counted.
  bool admit(mono_time now, log_level level, const log_source& source);

  /// What was left out in windows that are over by now; told once.
  std::vector<log_repetition> finish(mono_time now);

  /// The same of every window.
  std::vector<log_repetition> finish_all();

private:
  struct window {
    mono_time end;
    std::uint64_t seen = 0;
    log_level level = log_level::info;
  };
  using windows = std::map<log_source, window>;

  windows::iterator close(windows::iterator at);
  void make_room();

  log_repeat_limits limits_;
  windows windows_;
  mono_time next_end_ = mono_time::max();
  std::vector<log_repetition> finished_;
};

} // namespace xylem
