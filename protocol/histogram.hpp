#pragma once

#include "protocol/time.hpp"

#include <boost/json/object.hpp>

#include <array>
#include <cstdint>
#include <span>

namespace xylem {

/// Upper ends of buckets, ascending; what is longer than the last one is in a bucket of its own.
using histogram_bounds = std::span<const std::chrono::nanoseconds>;

/// Of what takes no time: requests, pushes. 10 µs to 10 s, three a decade.
extern const histogram_bounds latency_bounds;

/// Of what people notice: actors that are started anew. 1 ms to 100 s, three a decade.
extern const histogram_bounds restart_bounds;

/// Counts spans of time by how long they are. record() costs a few comparisons, the short spans
/// the fewest, and never allocates. Not thread-safe; `bounds` outlive it.
class histogram {
public:
  static constexpr std::size_t max_bounds = 19;

  explicit histogram(histogram_bounds bounds = latency_bounds);

  /// `count` things took this long, each.
  void record(mono_time::duration took, std::uint64_t count = 1) noexcept {
    std::size_t bucket = 0;
    while (bucket < bounds_.size() && took > bounds_[bucket])
      ++bucket;
    counts_[bucket] += count;
    sum_ += static_cast<double>(took.count()) * static_cast<double>(count);
  }

  /// `{"bounds": [seconds], "counts": […], "sum": seconds, "count": n}`. A count is that of its
  /// bucket alone, and there is one more of them than there are bounds.
  boost::json::object to_json() const;

private:
  histogram_bounds bounds_;
  std::array<std::uint64_t, max_bounds + 1> counts_{};
  double sum_ = 0; // ns
};

} // namespace xylem
