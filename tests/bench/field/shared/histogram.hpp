#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <vector>

namespace xylem::bench {

/// Counts times in nanoseconds: exact below 256, above that within 1/128. The maximum is exact.
class histogram {
public:
  histogram();

  void add(std::uint64_t value);

  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t max() const noexcept { return max_; }

  /// `share` from 0 to 1: 0.99 is the 99th percentile. 0 when nothing was counted.
  std::uint64_t quantile(double share) const;

  /// Microseconds: `{"count", "mean", "p50", "p90", "p99", "max"}`.
  boost::json::object to_json() const;

private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

} // namespace xylem::bench
