#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace xylem {

/// Values under keys that are never given out twice: a serial number above the place where the
/// value is. Looking one up is an index, not a hash. T is a pointer: empty means no value.
template <class T>
class slot_table {
public:
  /// The key under which the next value will be added.
  std::uint64_t next_key() const noexcept {
    auto place = free_.empty() ? slots_.size() : free_.back();
    return (last_serial_ + 1) << place_bits | place;
  }

  T& add(T value) {
    auto key = next_key();
    auto place = static_cast<std::size_t>(key & place_mask);
    if (free_.empty()) {
      slots_.emplace_back();
      free_.reserve(slots_.capacity()); // remove() needs no memory
    } else {
      free_.pop_back();
    }
    ++last_serial_;
    ++size_;
    slots_[place] = {key, std::move(value)};
    return slots_[place].value;
  }

  T* find(std::uint64_t key) noexcept {
    auto place = static_cast<std::size_t>(key & place_mask);
    if (key == 0 || place >= slots_.size() || slots_[place].key != key)
      return nullptr;
    return &slots_[place].value;
  }

  /// The value that was there, or an empty one.
  T remove(std::uint64_t key) noexcept {
    auto found = find(key);
    if (!found)
      return {};
    auto place = static_cast<std::size_t>(key & place_mask);
    slots_[place].key = 0;
    free_.push_back(place);
    --size_;
    return std::exchange(*found, {});
  }

  /// Calls with every value. The call may add and remove: what is new may be left out.
  template <class Visitor>
  void for_each(Visitor visit) const {
    for (std::size_t place = 0; place < slots_.size(); ++place)
      if (slots_[place].value)
        visit(*slots_[place].value);
  }

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

  /// The n-th value that was ever added, from 1: what a person is shown of a key.
  static constexpr std::uint64_t serial(std::uint64_t key) noexcept { return key >> place_bits; }

private:
  static constexpr unsigned place_bits = 20;
  static constexpr std::uint64_t place_mask = (1U << place_bits) - 1;

  struct slot {
    std::uint64_t key = 0; // 0: free
    T value{};
  };

  std::vector<slot> slots_;
  std::vector<std::size_t> free_;
  std::uint64_t last_serial_ = 0;
  std::size_t size_ = 0;
};

} // namespace xylem
