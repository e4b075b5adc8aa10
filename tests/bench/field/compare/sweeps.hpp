#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace xylem::bench {

/// Rate and latency of GET against one quantity. Each result has its `x`.
struct sweep {
  std::string_view row; ///< of the results, and the name of the plot
  std::string_view axis;
  std::string_view option; ///< of the tool `load`
  std::vector<int> points;
};

std::span<const sweep> sweeps();

} // namespace xylem::bench
