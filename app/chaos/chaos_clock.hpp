#pragma once

#include "actors/environment.hpp"

#include <atomic>

namespace xylem {

/// The system's time, but for a wall clock that somebody has set. From any thread.
class chaos_clock final : public clock_source {
public:
  instant now() const override {
    auto now = real_.now();
    now.wall += std::chrono::seconds{ahead_.load()};
    return now;
  }

  void jump(std::chrono::seconds by) { ahead_ += by.count(); }

private:
  system_clock_source real_;
  std::atomic<std::chrono::seconds::rep> ahead_ = 0;
};

} // namespace xylem
