#include "protocol/histogram.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <stdexcept>

namespace xylem {

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr std::array<nanoseconds, 19> latencies{
    10us,  25us,   50us,
    100us, 250us,  500us,
    1ms,   2500us, 5ms,
    10ms,  25ms,   50ms,
    100ms, 250ms,  500ms,
    1s,    2500ms, 5s,    10s};

constexpr std::array<nanoseconds, 16> restarts{
    1ms,   2500us, 5ms,
    10ms,  25ms,   50ms,
    100ms, 250ms,  500ms,
    1s,    2500ms, 5s,
    10s,   25s,    50s,   100s};

static_assert(std::ranges::is_sorted(latencies) && latencies.size() <= histogram::max_bounds);
static_assert(std::ranges::is_sorted(restarts) && restarts.size() <= histogram::max_bounds);

double in_seconds(double ns) {
  return ns / 1e9;
}

} // namespace

constinit const histogram_bounds latency_bounds{latencies};
constinit const histogram_bounds restart_bounds{restarts};

histogram::histogram(histogram_bounds bounds) : bounds_{bounds} {
  if (bounds.size() > max_bounds)
    throw std::invalid_argument{"a histogram with too many buckets"};
}

boost::json::object histogram::to_json() const {
  boost::json::array bounds;
  boost::json::array counts;
  std::uint64_t total = 0;
  for (auto bound : bounds_)
    bounds.push_back(in_seconds(static_cast<double>(bound.count())));
  for (auto count : std::span{counts_}.first(bounds_.size() + 1)) {
    counts.push_back(count);
    total += count;
  }
  return {{"bounds", std::move(bounds)},
          {"counts", std::move(counts)},
          {"sum", in_seconds(sum_)},
          {"count", total}};
}

} // namespace xylem
