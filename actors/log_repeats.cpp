#include "actors/log_repeats.hpp"

#include <algorithm>
#include <utility>

namespace xylem {

bool log_repeats::admit(mono_time now, log_level level, const log_source& source) {
  auto at = windows_.find(source);
  if (at != windows_.end() && at->second.end <= now) {
    close(at);
    at = windows_.end();
  }
  if (at == windows_.end()) {
    make_room();
    at = windows_.emplace(source, window{now + limits_.window}).first;
    next_end_ = std::min(next_end_, at->second.end);
  }
  at->second.level = level;
  return ++at->second.seen <= limits_.shown;
}

std::vector<log_repetition> log_repeats::finish(mono_time now) {
  if (now >= next_end_) {
    next_end_ = mono_time::max();
    for (auto at = windows_.begin(); at != windows_.end();) {
      if (at->second.end <= now) {
        at = close(at);
      } else {
        next_end_ = std::min(next_end_, at->second.end);
        ++at;
      }
    }
  }
  return std::exchange(finished_, {});
}

std::vector<log_repetition> log_repeats::finish_all() {
  return finish(mono_time::max());
}

log_repeats::windows::iterator log_repeats::close(windows::iterator at) {
  if (at->second.seen > limits_.shown)
    finished_.push_back({at->first, at->second.level, at->second.seen - limits_.shown});
  return windows_.erase(at);
}

void log_repeats::make_room() {
  if (windows_.size() < limits_.followed)
    return;
  auto ends = [](const auto& entry) { return entry.second.end; };
  close(std::ranges::min_element(windows_, {}, ends));
}

} // namespace xylem
