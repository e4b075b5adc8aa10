#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <utility>

namespace xylem {

/// A file of the process's own as memory: what is stored there outlives the process, not the
/// machine.
/// Its blocks are taken at once, so that a full disk is an error of the constructor, not a signal
/// later.
class mapped_file {
public:
  mapped_file() noexcept = default; ///< no memory

  /// Opens or creates it, 0600, with this size. Throws std::system_error.
  mapped_file(const std::filesystem::path& file, std::size_t size);
  ~mapped_file();

  mapped_file(mapped_file&& other) noexcept : memory_{std::exchange(other.memory_, {})} {}
  mapped_file& operator=(mapped_file&& other) noexcept {
    std::swap(memory_, other.memory_);
    return *this;
  }

  std::span<std::byte> memory() const noexcept { return memory_; }

private:
  std::span<std::byte> memory_;
};

} // namespace xylem
