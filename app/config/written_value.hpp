#pragma once

#include "app/config/problem.hpp"

#include <cstdint>
#include <optional>
#include <variant>

namespace xylem {

/// What no key takes as one value.
struct structured_value {
  std::string_view kind; ///< `an array`, `a table`, `a date`

  bool operator==(const structured_value&) const = default;
};

/// A value as somebody wrote it. In a file it has a type; the environment and --set have only
/// text, and the key decides what it is read as.
class written_value {
public:
  using content = std::variant<structured_value, bool, std::int64_t, double, std::string>;

  static written_value typed(content value) { return {std::move(value), true}; }
  static written_value untyped(std::string text) { return {std::move(text), false}; }

  std::optional<bool> flag() const;
  std::optional<std::int64_t> integer() const;
  std::optional<double> number() const; ///< an integer is one, too
  std::optional<std::string_view> text() const;

  /// For messages.
  std::string shown() const;

private:
  written_value(content value, bool is_typed) : content_{std::move(value)}, typed_{is_typed} {}

  const std::string* untyped_text() const;

  content content_;
  bool typed_;
};

} // namespace xylem
