#include "protocol/data_type.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace xylem {

namespace {

/// The bytes of one number, most significant first.
std::uint64_t read_ordered(bytes_view data, byte_order order) noexcept {
  if (order == byte_order::big)
    return read_big(data);
  std::uint64_t value = 0;
  for (auto i = data.size(); i-- > 0;)
    value = value << 8 | std::to_integer<std::uint64_t>(data[i]);
  return value;
}

std::int64_t sign_extended(std::uint64_t value, std::size_t size) noexcept {
  auto unused = 64 - 8 * static_cast<int>(size);
  return static_cast<std::int64_t>(value << unused) >> unused;
}

double floating_value(std::uint64_t raw, std::size_t size) noexcept {
  return size == 4 ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(raw)))
                   : std::bit_cast<double>(raw);
}

/// A scale such as 1e-5 is a division by its inverse: that rounds once, so that 1755601 is 17.55601
/// and not 17.556010000000002.
double scaled(double number, double scale) noexcept {
  auto inverse = std::round(1 / scale);
  return inverse > 1 && 1 / inverse == scale ? number / inverse : number * scale;
}

std::string to_text(const field_value& value) {
  if (auto text = std::get_if<std::string>(&value))
    return *text;
  if (auto number = std::get_if<double>(&value)) {
    // 12 digits show every step of a scaled 32-bit number without the noise of binary fractions.
    std::array<char, 40> buffer{};
    auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), *number,
                             std::chars_format::general, 12);
    return {buffer.data(), end.ptr};
  }
  if (auto number = std::get_if<std::int64_t>(&value))
    return std::to_string(*number);
  return std::to_string(std::get<std::uint64_t>(value));
}

} // namespace

field_value decode_field(const data_field& field, bytes_view data) {
  if (field.format == number_format::text)
    return escaped_text(data);
  auto raw = read_ordered(data, field.order);
  switch (field.format) {
    case number_format::unsigned_integer:
      if (field.scale == 1.0)
        return raw;
      return scaled(static_cast<double>(raw), field.scale);
    case number_format::signed_integer: {
      auto value = sign_extended(raw, field.size);
      if (field.scale == 1.0)
        return value;
      return scaled(static_cast<double>(value), field.scale);
    }
    case number_format::floating: return scaled(floating_value(raw, field.size), field.scale);
    case number_format::text: break;
  }
  return raw;
}

std::optional<std::size_t> data_type::length() const noexcept {
  auto variable = std::ranges::any_of(fields, [](const data_field& f) { return f.size == 0; });
  return variable ? std::nullopt : std::optional{fixed_length()};
}

std::size_t data_type::fixed_length() const noexcept {
  std::size_t sum = 0;
  for (const auto& field : fields)
    sum += field.size;
  return sum;
}

std::optional<data_field> parse_field_format(std::string_view text) {
  if (text == "text")
    return data_field{{}, number_format::text, 0};
  if (text == "f32" || text == "f64")
    return data_field{{}, number_format::floating, text == "f32" ? std::size_t{4} : std::size_t{8}};
  if (text.size() < 2 || (text.front() != 'u' && text.front() != 'i'))
    return std::nullopt;
  unsigned bits = 0;
  auto digits = text.substr(1);
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc{} || end != digits.data() + digits.size() || digits.front() == '0')
    return std::nullopt;
  if (bits == 0 || bits > 64 || bits % 8 != 0)
    return std::nullopt;
  auto format = text.front() == 'u' ? number_format::unsigned_integer
                                    : number_format::signed_integer;
  return data_field{{}, format, bits / 8};
}

std::string format_name(const data_field& field) {
  auto bits = std::to_string(field.size * 8);
  switch (field.format) {
    case number_format::unsigned_integer: return "u" + bits;
    case number_format::signed_integer: return "i" + bits;
    case number_format::floating: return "f" + bits;
    case number_format::text: return "text";
  }
  return "text";
}

data_type_registry::data_type_registry() {
  auto degrees = [](std::string name) {
    return data_field{std::move(name), number_format::signed_integer, 3, 1e-5};
  };
  declare({type_code{"GPS"}, {degrees("longitude"), degrees("latitude")}});
}

void data_type_registry::declare(data_type type) {
  auto code = type.code;
  types_.insert_or_assign(code, std::move(type));
}

const data_type* data_type_registry::find(type_code code) const noexcept {
  auto found = types_.find(code);
  return found == types_.end() ? nullptr : &found->second;
}

bool data_type_registry::accepts(type_code code, std::size_t size) const noexcept {
  auto type = find(code);
  if (!type)
    return true;
  if (auto length = type->length())
    return size == *length;
  return size >= type->fixed_length();
}

std::vector<decoded_field> data_type_registry::decode(type_code code, bytes_view data) const {
  auto type = find(code);
  if (!type || !accepts(code, data.size()))
    return {};
  std::vector<decoded_field> fields;
  for (const auto& field : type->fields) {
    auto size = field.size == 0 ? data.size() : field.size;
    if (size > data.size())
      return {};
    fields.push_back({field.name, decode_field(field, data.first(size))});
    data = data.subspan(size);
  }
  return fields;
}

std::string describe(const std::vector<decoded_field>& fields, bytes_view data) {
  if (fields.empty())
    return to_hex(data);
  std::string text;
  for (const auto& field : fields) {
    if (!text.empty())
      text += ' ';
    if (!field.name.empty())
      text += field.name + '=';
    text += to_text(field.value);
  }
  return text;
}

} // namespace xylem
