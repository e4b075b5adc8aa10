#pragma once

#include "bars.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace xylem::bench {

enum class verdict { met, missed, not_measured, shown };

/// What became of one bar.
struct outcome {
  const bar* what;
  std::optional<double> ours;
  std::optional<double> peer;
  verdict result = verdict::not_measured;
  std::string why; ///< it was not measured

  std::optional<double> ratio() const;
};

/// All that was measured, by row and by whose figure it is, and the bars held against it.
class results {
public:
  void add(const std::string& row, const std::string& whose, boost::json::object figures);

  /// No figures of `whose` in this row; empty: of nobody that has none yet.
  void add_missing(const std::string& row, const std::string& whose, const std::string& why);

  /// Rows that were run.
  void add_row(const std::string& row) { rows_.insert(row); }

  /// Of the rows that were run, in the order of the bars.
  std::vector<outcome> outcomes() const;

  /// Of all rounds; nothing: not measured.
  std::optional<double> median(std::string_view row, std::string_view whose,
                               std::string_view figure) const;

  const std::vector<boost::json::object>& rounds(std::string_view row,
                                                 std::string_view whose) const;

  /// Every round as it was told.
  boost::json::array to_json() const;

private:
  using key = std::pair<std::string, std::string>; // row, whose

  std::vector<double> values(std::string_view row, std::string_view whose,
                             std::string_view figure) const;
  outcome judge(const bar& wanted) const;
  std::string why_missing(std::string_view row, std::string_view whose) const;

  std::set<std::string, std::less<>> rows_;
  std::map<key, std::vector<boost::json::object>> rounds_;
  std::map<key, std::string> missing_;
};

double median_of(std::vector<double> values);

} // namespace xylem::bench
