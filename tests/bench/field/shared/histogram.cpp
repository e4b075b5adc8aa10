#include "histogram.hpp"

#include <algorithm>
#include <bit>

namespace xylem::bench {

namespace {

/// Each power of two is split into so many buckets.
constexpr int split_bits = 7;
constexpr std::uint64_t split = 1U << split_bits;

std::size_t bucket_of(std::uint64_t value) {
  auto shift = std::max(0, static_cast<int>(std::bit_width(value)) - split_bits - 1);
  return static_cast<std::size_t>(shift) * split + static_cast<std::size_t>(value >> shift);
}

/// The middle of what falls into it.
std::uint64_t value_of(std::size_t bucket) {
  if (bucket < 2 * split)
    return bucket;
  auto shift = bucket / split - 1;
  auto lowest = (bucket - shift * split) << shift;
  return lowest + (std::uint64_t{1} << shift) / 2;
}

double microseconds(std::uint64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / 1e3;
}

} // namespace

histogram::histogram() : buckets_((64 - split_bits) * split + split, 0) {}

void histogram::add(std::uint64_t value) {
  ++buckets_[bucket_of(value)];
  ++count_;
  sum_ += static_cast<double>(value);
  max_ = std::max(max_, value);
}

std::uint64_t histogram::quantile(double share) const {
  auto rank = std::min(static_cast<std::uint64_t>(share * static_cast<double>(count_)), count_ - 1);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size() && count_ != 0; ++i)
    if ((seen += buckets_[i]) > rank)
      return std::min(value_of(i), max_);
  return 0;
}

boost::json::object histogram::to_json() const {
  auto mean = count_ == 0 ? 0 : sum_ / static_cast<double>(count_) / 1e3;
  return {{"count", count_},
          {"mean", mean},
          {"p50", microseconds(quantile(0.5))},
          {"p90", microseconds(quantile(0.9))},
          {"p99", microseconds(quantile(0.99))},
          {"max", microseconds(max_)}};
}

} // namespace xylem::bench
