#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace xylem {

enum class alignment : std::uint8_t { left, right };

struct column {
  std::string title;
  alignment align = alignment::left;
};

/// Rows of text under titles, aligned for people. Cells are made printable.
class table {
public:
  explicit table(std::vector<column> columns) : columns_{std::move(columns)} {}

  /// One cell a column; those that are missing are empty.
  void add(std::vector<std::string> cells);

  bool empty() const noexcept { return rows_.empty(); }

  /// Every line begins with `indent`; nothing stands behind the last cell of a line.
  void print(std::ostream& out, std::string_view indent = "") const;

private:
  std::vector<column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

} // namespace xylem
