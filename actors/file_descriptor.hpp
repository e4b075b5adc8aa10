#pragma once

#include <unistd.h>

#include <utility>

namespace xylem {

/// Owns an open file descriptor, or none.
class file_descriptor {
public:
  file_descriptor() noexcept = default;
  explicit file_descriptor(int number) noexcept : number_{number} {}
  file_descriptor(file_descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}

  file_descriptor& operator=(file_descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    other.close();
    return *this;
  }

  ~file_descriptor() { close(); }

  int get() const noexcept { return number_; }

  /// Somebody else owns it from now on.
  int release() noexcept { return std::exchange(number_, -1); }
  explicit operator bool() const noexcept { return number_ >= 0; }

  void close() noexcept {
    if (number_ >= 0)
      ::close(std::exchange(number_, -1));
  }

private:
  int number_ = -1;
};

} // namespace xylem
