#include "app/commands/table.hpp"

#include "app/commands/console_text.hpp"

#include <algorithm>
#include <ostream>

namespace xylem {

namespace {

constexpr std::size_t gap_between_columns = 2;

void trim_right(std::string& line) {
  line.erase(line.find_last_not_of(' ') + 1);
}

} // namespace

void table::add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  std::ranges::transform(cells, cells.begin(), printable);
  rows_.push_back(std::move(cells));
}

void table::print(std::ostream& out, std::string_view indent) const {
  std::vector<std::string> titles;
  for (const auto& one : columns_)
    titles.push_back(one.title);
  std::vector<std::size_t> widths(columns_.size());
  auto widen = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i)
      widths[i] = std::max(widths[i], shown_width(cells[i]));
  };
  auto print_line = [&](const std::vector<std::string>& cells) {
    std::string line{indent};
    for (std::size_t i = 0; i < cells.size(); ++i) {
      std::string fill(widths[i] - shown_width(cells[i]), ' ');
      line += columns_[i].align == alignment::left ? cells[i] + fill : fill + cells[i];
      line.append(gap_between_columns, ' ');
    }
    trim_right(line);
    out << line << '\n';
  };
  widen(titles);
  std::ranges::for_each(rows_, widen);
  print_line(titles);
  std::ranges::for_each(rows_, print_line);
}

} // namespace xylem
