#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xylem::client {

/// Looks into a JSON document that somebody else owns, and takes what is missing or of another
/// type for absent: gateways of other versions know more or less.
class json_view {
public:
  json_view() = default;
  explicit json_view(const boost::json::value& value) : value_{&value} {}

  json_view operator[](std::string_view name) const;

  /// Of an array; else empty.
  std::vector<json_view> items() const;

  /// Of an object; else empty.
  std::vector<std::pair<std::string, json_view>> members() const;

  bool exists() const noexcept { return value_ != nullptr && !value_->is_null(); }
  bool is_true() const;

  /// Of a string; else empty.
  std::string text() const;
  std::optional<double> number() const;

  /// A number from 0 upwards without fraction; nothing for others.
  std::optional<std::uint64_t> count() const;

  /// A copy; null when it is absent.
  boost::json::value value() const { return value_ != nullptr ? *value_ : nullptr; }

private:
  const boost::json::value* value_ = nullptr;
};

/// Nothing when `text` is not one JSON document.
std::optional<boost::json::value> parse_json(std::string_view text);

/// The document as text, numbers in their shortest form.
std::string to_text(const boost::json::value& document);

} // namespace xylem::client
