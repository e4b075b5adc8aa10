#pragma once

#include "protocol/bytes.hpp"

#include <array>
#include <cstring>
#include <utility>

namespace xylem {

/// Bytes of fixed length after construction; up to 16 are kept inline, so that the field's
/// readings (GPS is 6 bytes) cost no allocation. Owns what it holds.
class small_bytes {
public:
  static constexpr std::size_t inline_capacity = 16;

  small_bytes() noexcept = default;

  explicit small_bytes(bytes_view data) : size_{static_cast<std::uint32_t>(data.size())} {
    if (!is_inline())
      copy_to_heap(data);
    else if (!data.empty())
      std::memcpy(storage_.data(), data.data(), data.size());
  }

  small_bytes(const small_bytes& other) : storage_{other.storage_}, size_{other.size_} {
    if (!is_inline())
      copy_to_heap(other.view());
  }

  small_bytes(small_bytes&& other) noexcept
      : storage_{other.storage_}, size_{std::exchange(other.size_, 0)} {}

  small_bytes& operator=(const small_bytes& other) {
    if (is_inline() && other.is_inline()) {
      storage_ = other.storage_;
      size_ = other.size_;
      return *this;
    }
    return *this = small_bytes{other};
  }

  small_bytes& operator=(small_bytes&& other) noexcept {
    std::swap(storage_, other.storage_);
    std::swap(size_, other.size_);
    return *this;
  }

  ~small_bytes() {
    if (!is_inline())
      delete[] heap();
  }

  bytes_view view() const noexcept { return {is_inline() ? storage_.data() : heap(), size_}; }
  std::size_t size() const noexcept { return size_; }

  /// Bytes on the heap beside this object.
  std::size_t heap_size() const noexcept { return is_inline() ? 0 : size_; }

  bool operator==(const small_bytes& other) const noexcept {
    return text_of(view()) == text_of(other.view());
  }

private:
  bool is_inline() const noexcept { return size_ <= inline_capacity; }

  void copy_to_heap(bytes_view data) {
    auto* target = new std::byte[data.size()];
    std::memcpy(target, data.data(), data.size());
    std::memcpy(storage_.data(), &target, sizeof target);
  }

  const std::byte* heap() const noexcept {
    const std::byte* pointer = nullptr;
    std::memcpy(&pointer, storage_.data(), sizeof pointer);
    return pointer;
  }

  std::array<std::byte, inline_capacity> storage_{}; // the bytes, or a pointer to them
  std::uint32_t size_ = 0;
};

} // namespace xylem
