#include "protocol/bytes.hpp"

#include <algorithm>

namespace xylem {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

void append_hex(std::string& out, std::byte byte) {
  auto value = std::to_integer<unsigned>(byte);
  out += digits[value >> 4];
  out += digits[value & 15];
}

std::optional<unsigned> digit_value(char digit) {
  if (digit >= 'A' && digit <= 'F')
    digit = static_cast<char>(digit - 'A' + 'a');
  auto position = digits.find(digit);
  return position == std::string_view::npos ? std::nullopt
                                            : std::optional{static_cast<unsigned>(position)};
}

} // namespace

std::string to_hex(bytes_view data) {
  std::string out;
  out.reserve(data.size() * 2);
  for (auto byte : data)
    append_hex(out, byte);
  return out;
}

std::optional<bytes> from_hex(std::string_view text) {
  bytes out;
  std::optional<unsigned> high;
  for (auto c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
      continue;
    auto value = digit_value(c);
    if (!value)
      return std::nullopt;
    if (high)
      out.push_back(static_cast<std::byte>(*high << 4 | *value));
    high = high ? std::nullopt : value;
  }
  if (high)
    return std::nullopt;
  return out;
}

bool is_printable(bytes_view data) noexcept {
  return !data.empty() && std::ranges::all_of(text_of(data), [](char c) {
    return (c >= ' ' && c <= '~') || c == '\t' || c == '\r' || c == '\n';
  });
}

std::string escaped_text(bytes_view data) {
  std::string out;
  for (auto byte : data) {
    auto c = static_cast<char>(byte);
    if (c >= ' ' && c <= '~' && c != '\\') {
      out += c;
    } else if (c == '\\') {
      out += "\\\\";
    } else {
      out += "\\x";
      append_hex(out, byte);
    }
  }
  return out;
}

} // namespace xylem
