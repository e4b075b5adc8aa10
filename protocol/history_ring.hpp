#pragma once

#include "protocol/small_bytes.hpp"
#include "protocol/time.hpp"

#include <algorithm>

namespace xylem {

/// One value that a node sent.
struct reading {
  std::uint64_t seq = 0; ///< counts the readings of a mesh; a higher one came later
  wall_time time{};
  small_bytes data{};

  /// What keeping it costs.
  std::size_t cost() const noexcept { return sizeof(reading) + data.heap_size(); }
};

/// The last readings of one node and type, oldest overwritten first. Grows as it fills, so that
/// a node that spoke once costs one reading.
class history_ring {
public:
  /// Adds `next`; beyond `depth` readings (at least 1) the oldest ones are dropped. Returns the
  /// cost of what was dropped.
  std::size_t push(reading next, std::size_t depth) {
    depth = std::max<std::size_t>(depth, 1);
    std::size_t dropped = 0;
    while (size_ >= depth)
      dropped += pop_oldest();
    if (size_ == slots_.size())
      resize(std::min(depth, std::max<std::size_t>(2 * size_, 1)));
    slots_[wrap(first_ + size_)] = std::move(next);
    ++size_;
    return dropped;
  }

  /// The cost of the reading that is no more. The ring is not empty.
  std::size_t pop_oldest() {
    auto cost = slots_[first_].cost();
    slots_[first_] = {};
    first_ = wrap(first_ + 1);
    --size_;
    return cost;
  }

  /// Gives memory back after pop_oldest().
  void shrink() {
    if (size_ < slots_.size() / 2)
      resize(std::max<std::size_t>(size_, 1));
  }

  std::size_t size() const noexcept { return size_; }

  /// The n-th newest, 0 being the latest; n < size().
  const reading& newest(std::size_t n = 0) const noexcept {
    return slots_[wrap(first_ + size_ - 1 - n)];
  }

  const reading& oldest() const noexcept { return slots_[first_]; }

private:
  std::size_t wrap(std::size_t position) const noexcept {
    return position >= slots_.size() ? position - slots_.size() : position;
  }

  void resize(std::size_t capacity) {
    std::vector<reading> slots(capacity);
    for (std::size_t i = 0; i < size_; ++i)
      slots[i] = std::move(slots_[wrap(first_ + i)]);
    slots_ = std::move(slots);
    first_ = 0;
  }

  std::vector<reading> slots_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

} // namespace xylem
