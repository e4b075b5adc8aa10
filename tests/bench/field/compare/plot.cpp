#include "plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

namespace xylem::bench {

namespace {

constexpr double width = 440;
constexpr double height = 300;
constexpr double left = 70; // of what is drawn inside a panel
constexpr double right = 20;
constexpr double top = 50;
constexpr double bottom = 50;

constexpr std::array colours{"#3b82f6", "#f97316", "#10a37f", "#a855f7"};

/// From figures to places on the paper.
struct scale {
  double lowest_x = 1;
  double highest_x = 1;
  double highest_y = 1;

  double x(double value) const {
    auto range = std::max(std::log(highest_x / lowest_x), 1e-9);
    return left + std::log(value / lowest_x) / range * (width - left - right);
  }
  double y(double value) const {
    return height - bottom - value / highest_y * (height - top - bottom);
  }
};

/// A round number, at least `value`.
double round_up(double value) {
  auto unit = std::pow(10, std::floor(std::log10(std::max(value, 1e-9))));
  for (auto factor : {1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0})
    if (factor * unit >= value)
      return factor * unit;
  return 10 * unit;
}

scale scale_of(const plot_panel& panel) {
  scale out{1e300, 0, 0};
  for (const auto& line : panel.lines)
    for (auto [x, y] : line.points) {
      out.lowest_x = std::min(out.lowest_x, x);
      out.highest_x = std::max(out.highest_x, x);
      out.highest_y = std::max(out.highest_y, y);
    }
  out.highest_y = round_up(out.highest_y);
  return out;
}

/// `1500000` as `1.5 M`.
std::string short_number(double value) {
  std::ostringstream out;
  out.precision(4);
  if (value >= 1e6)
    out << value / 1e6 << " M";
  else if (value >= 1e4)
    out << value / 1e3 << " k";
  else
    out << value;
  return out.str();
}

void put_text(std::ostream& out, double x, double y, const char* anchor, const std::string& text,
              const char* colour = "#808080") {
  out << "<text x=\"" << x << "\" y=\"" << y << "\" text-anchor=\"" << anchor << "\" fill=\""
      << colour << "\">" << text << "</text>\n";
}

void put_grid(std::ostream& out, const scale& to, const plot_panel& panel) {
  constexpr auto steps = 5;
  for (auto i = 0; i <= steps; ++i) {
    auto value = to.highest_y * i / steps;
    out << "<path d=\"M" << left << ' ' << to.y(value) << "H" << width - right
        << "\" stroke=\"#808080\" stroke-opacity=\"0.35\"/>\n";
    put_text(out, left - 8, to.y(value) + 4, "end", short_number(value));
  }
  if (panel.lines.empty())
    return;
  for (auto [x, y] : panel.lines.front().points)
    put_text(out, to.x(x), height - bottom + 18, "middle", short_number(x));
}

void put_line(std::ostream& out, const scale& to, const plot_line& line, std::size_t number) {
  const auto* colour = colours[number % colours.size()];
  out << "<polyline fill=\"none\" stroke-width=\"2.5\" stroke=\"" << colour << "\" points=\"";
  for (auto [x, y] : line.points)
    out << to.x(x) << ',' << to.y(y) << ' ';
  out << "\"/>\n";
  for (auto [x, y] : line.points)
    out << "<circle r=\"3.5\" fill=\"" << colour << "\" cx=\"" << to.x(x) << "\" cy=\"" << to.y(y)
        << "\"/>\n";
  put_text(out, left + 8 + 90 * static_cast<double>(number), top - 10, "start", line.name, colour);
}

void put_panel(std::ostream& out, const plot_panel& panel, const std::string& axis) {
  auto to = scale_of(panel);
  put_text(out, left, 20, "start", panel.title);
  put_grid(out, to, panel);
  for (std::size_t i = 0; i < panel.lines.size(); ++i)
    put_line(out, to, panel.lines[i], i);
  put_text(out, (left + width - right) / 2, height - 10, "middle", axis);
}

} // namespace

std::string draw_plot(const std::string& axis, const std::vector<plot_panel>& panels) {
  std::ostringstream out;
  auto whole = width * static_cast<double>(panels.size());
  out << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " << whole << ' ' << height
      << "\" width=\"" << whole << "\" height=\"" << height
      << "\" font-family=\"sans-serif\" font-size=\"12\">\n";
  for (std::size_t i = 0; i < panels.size(); ++i) {
    out << "<g transform=\"translate(" << width * static_cast<double>(i) << " 0)\">\n";
    put_panel(out, panels[i], axis);
    out << "</g>\n";
  }
  out << "</svg>\n";
  return out.str();
}

} // namespace xylem::bench
