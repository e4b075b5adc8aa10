#pragma once

#include <cstdint>
#include <deque>
#include <iosfwd>
#include <optional>
#include <string>

namespace xylem {

/// Holds the lines of a replay against those that are expected, as they come, and keeps the first
/// difference.
class event_comparison {
public:
  /// `expected` outlives this; `name` is what people call it.
  event_comparison(std::istream& expected, std::string name);

  void take(std::string_view line);

  /// No line follows.
  void finish();

  /// The first difference with its line number and what came before it; empty when there is none.
  const std::string& difference() const noexcept { return difference_; }

private:
  std::optional<std::string> next();
  void differ(const std::optional<std::string>& wanted, std::optional<std::string_view> got);

  std::istream& expected_;
  std::string name_;
  std::uint64_t number_ = 0;
  std::deque<std::string> before_;
  std::string difference_;
};

} // namespace xylem
