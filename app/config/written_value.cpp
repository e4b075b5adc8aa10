#include "app/config/written_value.hpp"

#include <charconv>
#include <cstdio>

namespace xylem {

namespace {

template <class T>
std::optional<T> read_whole(std::string_view text) {
  T value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

template <class T>
std::optional<T> copy_if_set(const T* value) {
  return value ? std::optional{*value} : std::nullopt;
}

std::string shown_number(double value) {
  char text[32];
  auto size = std::snprintf(text, sizeof text, "%.10g", value);
  return {text, static_cast<std::size_t>(size)};
}

} // namespace

const std::string* written_value::untyped_text() const {
  return typed_ ? nullptr : std::get_if<std::string>(&content_);
}

std::optional<bool> written_value::flag() const {
  if (auto text = untyped_text())
    return *text == "true"    ? std::optional{true}
           : *text == "false" ? std::optional{false}
                              : std::nullopt;
  return copy_if_set(std::get_if<bool>(&content_));
}

std::optional<std::int64_t> written_value::integer() const {
  if (auto text = untyped_text())
    return read_whole<std::int64_t>(*text);
  return copy_if_set(std::get_if<std::int64_t>(&content_));
}

std::optional<double> written_value::number() const {
  if (auto text = untyped_text())
    return read_whole<double>(*text);
  if (auto value = std::get_if<std::int64_t>(&content_))
    return static_cast<double>(*value);
  return copy_if_set(std::get_if<double>(&content_));
}

std::optional<std::string_view> written_value::text() const {
  if (auto value = std::get_if<std::string>(&content_))
    return *value;
  return std::nullopt;
}

std::string written_value::shown() const {
  if (auto value = std::get_if<structured_value>(&content_))
    return std::string{value->kind};
  if (auto value = std::get_if<bool>(&content_))
    return *value ? "true" : "false";
  if (auto value = std::get_if<std::int64_t>(&content_))
    return std::to_string(*value);
  if (auto value = std::get_if<double>(&content_))
    return shown_number(*value);
  return in_quotes(std::get<std::string>(content_));
}

} // namespace xylem
