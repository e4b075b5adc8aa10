#include "app/config/key_kinds.hpp"

#include <algorithm>
#include <cmath>

namespace xylem {

namespace {

constexpr std::size_t longest_field_name = 64;

bool is_field_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_field_name
         && std::ranges::all_of(
             text, [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; });
}

std::optional<type_code> read_code(const written_value& written) {
  return written.text() ? parse_type_code(*written.text()) : std::nullopt;
}

std::optional<double> read_scale(const written_value& written) {
  auto value = written.number();
  return value && std::isfinite(*value) && *value != 0 ? value : std::nullopt;
}

std::string show_scale(double value) {
  return written_value::typed(value).shown();
}

/// `type` sets two members, so it is no kind of its own.
configuration_key<data_field> field_type_key() {
  auto set = [](data_field& field, const written_value& written) {
    auto format = written.text() ? parse_field_format(*written.text()) : std::nullopt;
    if (format) {
      field.format = format->format;
      field.size = format->size;
    }
    return format.has_value();
  };
  auto show = [](const data_field& field) { return '"' + format_name(field) + '"'; };
  return {"type",
          "u8 to u64 or i8 to i64 in steps of 8, f32, f64 or text",
          "What the bytes are.",
          {},
          {},
          set,
          show};
}

} // namespace

const key_table<data_type>& data_type_keys() {
  static const key_table<data_type> keys{
      key_kinds::make_key<data_type>(
          "name", &data_type::code, "1 to 3 characters, or 0x and 2 to 6 hex digits",
          "The type as nodes send it.", read_code,
          [](const type_code& code) { return '"' + to_string(code) + '"'; }),
  };
  return keys;
}

const key_table<data_field>& data_field_keys() {
  static const key_table<data_field> keys{
      key_kinds::text<data_field>("name", &data_field::name,
                                  "1 to 64 printable characters, no blanks", is_field_name,
                                  "What people call it."),
      field_type_key(),
      key_kinds::make_key<data_field>("scale", &data_field::scale, "a number other than 0",
                                      "The value is the number times this.", read_scale,
                                      show_scale),
      key_kinds::one_of<data_field>("order", &data_field::order,
                                    {{"big", byte_order::big}, {"little", byte_order::little}},
                                    "Byte order of the number."),
  };
  return keys;
}

} // namespace xylem
