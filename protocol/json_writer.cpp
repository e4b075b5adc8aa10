#include "protocol/json_writer.hpp"

#include "protocol/utf8.hpp"

#include <cmath>

namespace xylem {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

bool is_plain(char c) noexcept {
  return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

void append_escape(std::string& out, char c) {
  switch (c) {
  case '"': out += "\\\""; return;
  case '\\': out += "\\\\"; return;
  case '\n': out += "\\n"; return;
  case '\t': out += "\\t"; return;
  case '\r': out += "\\r"; return;
  default: break;
  }
  auto value = static_cast<unsigned char>(c); // a control: below 32, or 127
  out += "\\u00";
  out += digits[value >> 4];
  out += digits[value & 15];
}

/// False, and nothing is appended, when a field is longer than what is left.
bool append_field(std::string& out, const data_field& field, bytes_view& data) {
  auto size = field.size == 0 ? data.size() : field.size;
  if (size > data.size())
    return false;
  append_json_text(out, field.name.empty() ? std::string_view{"value"} : field.name);
  out += ':';
  if (field.format == number_format::text)
    append_json_bytes(out, data);
  else
    std::visit(
      [&]<class T>(const T& number) {
        if constexpr (!std::is_same_v<T, std::string>)
          append_json_number(out, number);
      },
      decode_field(field, data.first(size)));
  data = data.subspan(size);
  return true;
}

} // namespace

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    auto end = i;
    while (end < text.size() && is_plain(text[end]))
      ++end;
    out.append(text.substr(i, end - i));
    if (i = end; i == text.size())
      break;
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      append_escape(out, text[i++]);
    } else if (auto length = sequence_length(text.substr(i)); length > 0) {
      out.append(text.substr(i, length));
      i += length;
    } else {
      out += "\xEF\xBF\xBD"; // U+FFFD
      ++i;
    }
  }
  out += '"';
}

void append_json_bytes(std::string& out, bytes_view data) {
  out += '"';
  for (auto c : text_of(data)) {
    auto value = static_cast<unsigned char>(c);
    if (is_plain(c)) {
      out += c;
    } else if (c == '"') {
      out += "\\\"";
    } else if (c == '\\') {
      out += "\\\\\\\\"; // escaped_text() doubles it, and JSON both of them
    } else {
      out += "\\\\x";
      out += digits[value >> 4];
      out += digits[value & 15];
    }
  }
  out += '"';
}

void append_json_hex(std::string& out, bytes_view data) {
  out += '"';
  for (auto byte : data) {
    auto value = std::to_integer<unsigned>(byte);
    out += digits[value >> 4];
    out += digits[value & 15];
  }
  out += '"';
}

void append_json_time(std::string& out, wall_time time) {
  out += '"';
  append_iso_time(out, time);
  out += '"';
}

void append_json_code(std::string& out, type_code code) {
  auto text = text_of(code.view());
  if (!text.empty() && !text.starts_with("0x") && std::ranges::all_of(text, is_plain)
      && text.find(' ') == std::string_view::npos) {
    out += '"';
    out += text;
    out += '"';
  } else {
    append_json_text(out, to_string(code));
  }
}

void append_json_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 32> text; // the longest is -2.2250738585072014e-308
  auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out.append(text.data(), end);
}

void append_json_seconds(std::string& out, std::chrono::milliseconds span) {
  append_json_number(out, span.count() / 1000);
  auto rest = static_cast<unsigned>(span.count() % 1000);
  for (auto part : {'.', digits[rest / 100], digits[rest / 10 % 10], digits[rest % 10]})
    out += part;
}

void append_json_value(std::string& out, const data_type_registry& types, type_code code,
                       bytes_view data) {
  auto type = types.find(code);
  if (!type || type->fields.empty())
    return;
  auto before = out.size();
  out += ",\"value\":";
  auto separator = '{';
  for (const auto& field : type->fields) {
    out += separator;
    separator = ',';
    if (!append_field(out, field, data))
      return out.resize(before);
  }
  if (data.empty())
    out += '}';
  else
    out.resize(before);
}

} // namespace xylem
