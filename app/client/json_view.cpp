#include "app/client/json_view.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <charconv>

namespace xylem::client {

namespace {

/// Boost.JSON writes 8.4 as 8.4E0, which is right and nothing for people.
void append_text(std::string& out, const boost::json::value& value) {
  auto separator = "";
  if (const auto* object = value.if_object()) {
    out += '{';
    for (const auto& member : *object) {
      out += std::exchange(separator, ",") + boost::json::serialize(member.key()) + ':';
      append_text(out, member.value());
    }
    out += '}';
  } else if (const auto* array = value.if_array()) {
    out += '[';
    for (const auto& item : *array) {
      out += std::exchange(separator, ",");
      append_text(out, item);
    }
    out += ']';
  } else if (const auto* number = value.if_double()) {
    std::array<char, 32> digits{};
    auto end = std::to_chars(digits.data(), digits.data() + digits.size(), *number).ptr;
    std::string_view text{digits.data(), static_cast<std::size_t>(end - digits.data())};
    out += text;
    out += text.find_first_of(".e") == std::string_view::npos ? ".0" : ""; // it stays a fraction
  } else {
    out += boost::json::serialize(value);
  }
}

} // namespace

json_view json_view::operator[](std::string_view name) const {
  const auto* object = value_ != nullptr ? value_->if_object() : nullptr;
  const auto* found = object != nullptr ? object->if_contains(name) : nullptr;
  return found != nullptr ? json_view{*found} : json_view{};
}

std::vector<json_view> json_view::items() const {
  std::vector<json_view> found;
  if (const auto* array = value_ != nullptr ? value_->if_array() : nullptr) {
    for (const auto& item : *array)
      found.emplace_back(item);
  }
  return found;
}

std::vector<std::pair<std::string, json_view>> json_view::members() const {
  std::vector<std::pair<std::string, json_view>> found;
  if (const auto* object = value_ != nullptr ? value_->if_object() : nullptr) {
    for (const auto& member : *object)
      found.emplace_back(std::string{member.key()}, json_view{member.value()});
  }
  return found;
}

bool json_view::is_true() const {
  const auto* flag = value_ != nullptr ? value_->if_bool() : nullptr;
  return flag != nullptr && *flag;
}

std::string json_view::text() const {
  const auto* string = value_ != nullptr ? value_->if_string() : nullptr;
  return string != nullptr ? std::string{string->data(), string->size()} : std::string{};
}

std::optional<double> json_view::number() const {
  if (value_ == nullptr || !value_->is_number())
    return std::nullopt;
  return value_->to_number<double>();
}

std::optional<std::uint64_t> json_view::count() const {
  if (value_ == nullptr)
    return std::nullopt;
  if (const auto* number = value_->if_uint64())
    return *number;
  if (const auto* number = value_->if_int64(); number != nullptr && *number >= 0)
    return static_cast<std::uint64_t>(*number);
  return std::nullopt;
}

std::optional<boost::json::value> parse_json(std::string_view text) {
  boost::json::error_code failure;
  auto document = boost::json::parse(text, failure);
  if (failure)
    return std::nullopt;
  return document;
}

std::string to_text(const boost::json::value& document) {
  std::string out;
  append_text(out, document);
  return out;
}

} // namespace xylem::client
