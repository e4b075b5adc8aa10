#include "plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iomanip>
#include <sstream>

namespace xylem::bench {

namespace {

constexpr double width = 460;
constexpr double height = 300;
constexpr double left = 64; // of what is drawn inside a panel
constexpr double right = 28;
constexpr double top = 54;
constexpr double bottom = 50;

constexpr std::array colours{"#3b82f6", "#f97316", "#10a37f", "#a855f7"};

constexpr auto grey = "#777777"; // 4.5 to 1 on white and on black

/// Above this ratio of the highest to the lowest y, the low ones could not be told apart.
constexpr double linear_range = 20;

/// From figures to places on the paper.
struct scale {
  double lowest_x = 1;
  double highest_x = 1;
  double lowest_y = 0; ///< above 0: logarithmic
  double highest_y = 1;

  double x(double value) const {
    auto range = std::max(std::log(highest_x / lowest_x), 1e-9);
    return left + std::log(value / lowest_x) / range * (width - left - right);
  }
  double y(double value) const {
    auto part = lowest_y > 0 ? std::log(value / lowest_y) / std::log(highest_y / lowest_y)
                             : value / highest_y;
    return height - bottom - part * (height - top - bottom);
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

double power_of_ten(double exponent) {
  return std::pow(10, exponent);
}

scale scale_of(const plot_panel& panel) {
  scale out{1e300, 0, 1e300, 0};
  for (const auto& line : panel.lines)
    for (auto [x, y] : line.points) {
      out.lowest_x = std::min(out.lowest_x, x);
      out.highest_x = std::max(out.highest_x, x);
      out.lowest_y = std::min(out.lowest_y, y);
      out.highest_y = std::max(out.highest_y, y);
    }
  if (out.lowest_y > 0 && out.highest_y > linear_range * out.lowest_y)
    return {out.lowest_x, out.highest_x, power_of_ten(std::floor(std::log10(out.lowest_y))),
            power_of_ten(std::ceil(std::log10(out.highest_y)))};
  return {out.lowest_x, out.highest_x, 0, round_up(out.highest_y)};
}

/// Where the grid has lines.
std::vector<double> ticks_of(const scale& to) {
  std::vector<double> out;
  if (to.lowest_y > 0)
    for (auto value = to.lowest_y; value < to.highest_y * 1.001; value *= 10)
      out.push_back(value);
  else
    for (auto i = 0; i <= 5; ++i)
      out.push_back(to.highest_y * i / 5);
  return out;
}

/// `1500000` as `1.5 M`, `1500` as `1,500`.
std::string short_number(double value) {
  std::ostringstream out;
  out.precision(4);
  if (value >= 1e6)
    out << value / 1e6 << " M";
  else if (value >= 1000)
    out << std::floor(value / 1000) << ',' << std::setw(3) << std::setfill('0')
        << std::fmod(value, 1000);
  else
    out << value;
  return out.str();
}

void put_text(std::ostream& out, double x, double y, const char* anchor, const std::string& text,
              const char* weight = "normal") {
  out << "<text x=\"" << x << "\" y=\"" << y << "\" text-anchor=\"" << anchor << "\" fill=\""
      << grey << "\" font-weight=\"" << weight << "\">" << text << "</text>\n";
}

void put_grid(std::ostream& out, const scale& to, const plot_panel& panel) {
  for (auto value : ticks_of(to)) {
    out << "<path d=\"M" << left << ' ' << to.y(value) << "H" << width - right << "\" stroke=\""
        << grey << "\" stroke-opacity=\"0.35\"/>\n";
    put_text(out, left - 8, to.y(value) + 4, "end", short_number(value));
  }
  if (panel.lines.empty())
    return;
  for (auto [x, y] : panel.lines.front().points)
    put_text(out, to.x(x), height - bottom + 18, "middle", short_number(x));
}

/// The first line is drawn last and is the thinnest: one under another stays visible.
void put_line(std::ostream& out, const scale& to, const plot_line& line, std::size_t number) {
  const auto* colour = colours[number % colours.size()];
  auto thickness = 2.5 + 1.75 * static_cast<double>(number);
  out << "<polyline fill=\"none\" stroke-width=\"" << thickness << "\" stroke=\"" << colour
      << "\" points=\"";
  for (auto [x, y] : line.points)
    out << to.x(x) << ',' << to.y(y) << ' ';
  out << "\"/>\n";
  for (auto [x, y] : line.points)
    out << "<circle r=\"" << thickness / 2 + 2 << "\" fill=\"" << colour << "\" cx=\"" << to.x(x)
        << "\" cy=\"" << to.y(y) << "\"/>\n";
  auto key_x = left + 90 * static_cast<double>(number);
  out << "<path d=\"M" << key_x << ' ' << top - 14 << "h18\" stroke-width=\"" << thickness
      << "\" stroke=\"" << colour << "\"/>\n";
  put_text(out, key_x + 24, top - 10, "start", line.name);
}

void put_panel(std::ostream& out, const plot_panel& panel, const std::string& axis) {
  auto to = scale_of(panel);
  put_text(out, left, 20, "start", panel.title, "bold");
  put_grid(out, to, panel);
  for (auto i = panel.lines.size(); i-- > 0;)
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
