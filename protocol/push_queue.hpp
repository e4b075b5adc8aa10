#pragma once

#include "protocol/bytes.hpp"

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

  /// Adds the pushes of the page from `first` on as far as they fit, and tells which one is the
  /// first that did not (ends.size() when all did).
  std::size_t add(const std::shared_ptr<const push_page>& page, std::size_t first = 0);

  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }

  /// The first waiting push, without what was written of it. Not empty.
  bytes_view front() const noexcept;

  /// Everything that waits, as few long pieces, in order; as many as `out` has room for.
  std::size_t gather(std::span<bytes_view> out) const noexcept;

  /// `count` bytes of what waits went to the socket.
  void wrote(std::size_t count);

private:
  /// Pushes that follow each other in one page.
  struct run {
    std::shared_ptr<const push_page> page;
    std::size_t push;  // the first that waits
    std::size_t end;   // the one after the last
    std::size_t begin; // of what waits, in the page's bytes

    bytes_view rest() const noexcept {
      return bytes_view{page->encoded}.subspan(begin, page->ends[end - 1] - begin);
    }
  };

  std::span<const run> waiting() const noexcept { return std::span{runs_}.subspan(gone_); }

  std::size_t max_pushes_;
  std::size_t max_bytes_;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
  std::vector<run> runs_; // the first gone_ of them have been written
  std::size_t gone_ = 0;
};

} // namespace xylem
