#pragma once

#include <unistd.h>

#include <utility>

namespace xylem {

/// Owns a file descriptor; -1 is none.
class descriptor {
public:
  descriptor() noexcept = default;
  explicit descriptor(int number) noexcept : number_{number} {}
  descriptor(descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}

  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  ~descriptor() { reset(); }

  void reset() noexcept {
    if (number_ >= 0)
      ::close(std::exchange(number_, -1));
  }

  int get() const noexcept { return number_; }
  explicit operator bool() const noexcept { return number_ >= 0; }

private:
  int number_ = -1;
};

} // namespace xylem
