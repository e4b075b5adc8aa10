#pragma once

#include "protocol/bytes.hpp"

#include <deque>
#include <memory>

namespace xylem {

/// The pushes of one batch, encoded once for all listeners.
struct push_page {
  bytes encoded{};
  std::vector<std::uint32_t> ends{}; ///< where each push ends in `encoded`
};

/// What waits for one listener: slices of pages that all listeners share. Bounded by pushes and
/// bytes; who overflows it is cut off.
class push_queue {
public:
  push_queue(std::size_t max_pushes, std::size_t max_bytes)
      : max_pushes_{max_pushes}, max_bytes_{max_bytes} {}

  /// False, and nothing is added, when push `index` of the page does not fit.
  bool add(const std::shared_ptr<const push_page>& page, std::size_t index) {
    auto begin = index == 0 ? 0 : page->ends[index - 1];
    auto size = page->ends[index] - begin;
    if (entries_.size() == max_pushes_ || bytes_ + size > max_bytes_)
      return false;
    entries_.push_back({page, bytes_view{page->encoded}.subspan(begin, size)});
    bytes_ += size;
    return true;
  }

  bool empty() const noexcept { return entries_.empty(); }
  std::size_t size() const noexcept { return entries_.size(); }

  /// The n-th waiting push, without what was written of the first one.
  bytes_view operator[](std::size_t n) const noexcept { return entries_[n].rest; }

  /// `count` bytes went to the socket.
  void wrote(std::size_t count) {
    bytes_ -= count;
    while (!entries_.empty() && count >= entries_.front().rest.size()) {
      count -= entries_.front().rest.size();
      entries_.pop_front();
    }
    if (count > 0)
      entries_.front().rest = entries_.front().rest.subspan(count);
  }

private:
  struct entry {
    std::shared_ptr<const push_page> page;
    bytes_view rest;
  };

  std::size_t max_pushes_;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::deque<entry> entries_;
};

} // namespace xylem
