#pragma once

#include <string>
#include <utility>
#include <vector>

namespace xylem::bench {

struct plot_line {
  std::string name;
  std::vector<std::pair<double, double>> points; ///< x above 0
};

struct plot_panel {
  std::string title;
  std::vector<plot_line> lines;
};

/// Panels side by side, each with a logarithmic x, as SVG; y begins at 0, or is logarithmic
/// when its range is wide. Its colours can be read on white and on black.
std::string draw_plot(const std::string& axis, const std::vector<plot_panel>& panels);

} // namespace xylem::bench
