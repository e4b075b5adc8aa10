#pragma once

#include "protocol/small_bytes.hpp"
#include "protocol/time.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace xylem {

/// One value that a node sent.
struct reading {
  std::uint64_t seq = 0; ///< counts the readings of a mesh; a higher one came later
  wall_time time{};
  small_bytes data{};

  /// What keeping it costs.
  std::size_t cost() const noexcept { return sizeof(reading) + data.heap_size(); }

  bool operator==(const reading&) const = default;
};

/// The last readings of one node and type, oldest overwritten first. Grows as it fills, so that
/// a node that spoke once costs one reading. Small itself: it lies within its node.
class history_ring {
public:
  /// Adds a reading; beyond `depth` of them (at least 1) the oldest ones are dropped. Returns the
  /// cost of what was dropped.
  std::size_t push(std::uint64_t seq, wall_time time, const small_bytes& data, std::size_t depth) {
    depth = std::max<std::size_t>(depth, 1);
    std::size_t dropped = 0;
    while (size_ >= depth)
      dropped += pop_oldest();
    if (size_ == capacity_)
      resize(std::min(depth, std::max<std::size_t>(2 * size_, 1)));
    auto& slot = slots_[next_slot()];
    slot.seq = seq;
    slot.time = time;
    slot.data = data;
    ++size_;
    return dropped;
  }

  /// The cost of the reading that is no more. The ring is not empty.
  std::size_t pop_oldest() {
    auto& oldest = slots_[first_];
    auto cost = oldest.cost();
    if (oldest.data.heap_size() > 0)
      oldest = {};
    first_ = static_cast<std::uint32_t>(wrap(first_ + 1));
    --size_;
    return cost;
  }

  /// Gives memory back after pop_oldest(), but not at every step: half of it is used at least.
  void shrink() {
    if (size_ < capacity_ / 2)
      resize(size_ + size_ / 2 + 1);
  }

  std::size_t size() const noexcept { return size_; }

  /// The n-th newest, 0 being the latest; n < size().
  const reading& newest(std::size_t n = 0) const noexcept {
    return slots_[wrap(first_ + size_ - 1 - n)];
  }

  const reading& oldest() const noexcept { return slots_[first_]; }

  /// Has the processor fetch the latest reading, the place of the next one, and the oldest.
  void prefetch() const noexcept {
    if (capacity_ == 0)
      return;
    for (auto slot : {&newest(), &oldest(), &std::as_const(slots_[next_slot()])}) {
      __builtin_prefetch(slot, 1);
      __builtin_prefetch(reinterpret_cast<const std::byte*>(slot + 1) - 1, 1);
    }
  }

private:
  std::size_t next_slot() const noexcept { return wrap(std::size_t{first_} + size_); }

  std::size_t wrap(std::size_t position) const noexcept {
    return position >= capacity_ ? position - capacity_ : position;
  }

  void resize(std::size_t capacity) {
    auto slots = std::make_unique<reading[]>(capacity);
    for (std::size_t i = 0; i < size_; ++i)
      slots[i] = std::move(slots_[wrap(first_ + i)]);
    slots_ = std::move(slots);
    capacity_ = static_cast<std::uint32_t>(capacity);
    first_ = 0;
  }

  std::unique_ptr<reading[]> slots_;
  std::uint32_t capacity_ = 0;
  std::uint32_t first_ = 0;
  std::uint32_t size_ = 0;
};

} // namespace xylem
