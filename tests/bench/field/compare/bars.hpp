#pragma once

#include <span>
#include <string_view>

namespace xylem::bench {

enum class bar_kind {
  at_least_times, ///< the peer's figure, times the limit
  at_most_times,
  at_least,
  at_most,
  always_zero, ///< in every round
  reference,   ///< is shown and never missed
};

/// What must be reached. Figures are medians of all rounds.
struct bar {
  std::string_view row;    ///< what --only names
  std::string_view what;   ///< for people
  std::string_view ours;   ///< whose figure
  std::string_view peer;   ///< whom it is compared with; empty: nobody
  std::string_view figure; ///< JSON pointer into the results
  std::string_view unit;   ///< `1/s`, `us`, `bytes`, `s`, `percent`, `MB/s`, empty: a count
  bar_kind kind;
  double limit;
};

/// All there are.
std::span<const bar> bars();

} // namespace xylem::bench
