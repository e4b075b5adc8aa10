#pragma once

#include "protocol/data_type.hpp"
#include "protocol/iso_time.hpp"

#include <charconv>
#include <concepts>

namespace xylem {

// Pieces of JSON at the end of a text, without a tree and, when the text has room, without an
// allocation. What they append is valid UTF-8 whatever they are given.

/// In quotes. What is no UTF-8 becomes U+FFFD.
void append_json_text(std::string& out, std::string_view text);

/// In quotes: escaped_text().
void append_json_bytes(std::string& out, bytes_view data);

/// In quotes: to_hex().
void append_json_hex(std::string& out, bytes_view data);

/// In quotes: iso_time().
void append_json_time(std::string& out, wall_time time);

/// In quotes: to_string().
void append_json_code(std::string& out, type_code code);

template <std::integral Number>
void append_json_number(std::string& out, Number number) {
  std::array<char, 24> digits; // 64 bits have 20 and a sign
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

/// The shortest text that is read as the same number; null for what JSON has no number for.
void append_json_number(std::string& out, double number);

/// `0.412`.
void append_json_seconds(std::string& out, std::chrono::milliseconds span);

/// `"value":{…}` and a comma before it; nothing for a dynamic type or bytes that do not fit.
void append_json_value(std::string& out, const data_type_registry& types, type_code code,
                       bytes_view data);

} // namespace xylem
