#pragma once

#include <cstddef>
#include <cstdint>

namespace xylem {

/// SplitMix64: one word of state and the same numbers on every machine, which the distributions
/// of <random> do not promise.
class sim_random {
public:
  explicit sim_random(std::uint64_t seed) noexcept : state_{seed} {}

  std::uint64_t next() noexcept {
    auto mixed = state_ += 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
  }

  /// 0 to `limit` - 1; `limit` is at least 1.
  std::size_t below(std::size_t limit) noexcept { return next() % limit; }

  /// 0 to 1, 1 excluded.
  double unit() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

  bool chance(double probability) noexcept { return probability > 0 && unit() < probability; }

private:
  std::uint64_t state_;
};

} // namespace xylem
