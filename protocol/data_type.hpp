#pragma once

#include "protocol/node.hpp"

#include <map>
#include <variant>

namespace xylem {

enum class number_format : std::uint8_t { unsigned_integer, signed_integer, floating, text };

enum class byte_order : std::uint8_t { big, little };

/// One field of a reading: `u8`..`u64`, `i8`..`i64` in steps of a byte, `f32`, `f64`, `text`.
struct data_field {
  std::string name;
  number_format format = number_format::unsigned_integer;
  std::size_t size = 1; ///< bytes; 0 for text: all that is left
  double scale = 1.0;   ///< the value is the number times this
  byte_order order = byte_order::big;

  bool operator==(const data_field&) const = default;
};

/// A data type that people can read (wire §2). Anything else is dynamic: stored as bytes.
struct data_type {
  type_code code;
  std::vector<data_field> fields;

  /// Bytes of a reading; nothing when a text field makes it variable.
  std::optional<std::size_t> length() const noexcept;

  /// Bytes of all fields but text.
  std::size_t fixed_length() const noexcept;

  bool operator==(const data_type&) const = default;
};

/// `i24` → a field without name; nothing for a type that does not exist.
std::optional<data_field> parse_field_format(std::string_view text);

/// The reverse: `i24`.
std::string format_name(const data_field& field);

using field_value = std::variant<std::int64_t, std::uint64_t, double, std::string>;

struct decoded_field {
  std::string name;
  field_value value;

  bool operator==(const decoded_field&) const = default;
};

/// The value of a field; text is all of `data`, escaped, and a number all of it, at most 8 bytes.
field_value decode_field(const data_field& field, bytes_view data);

/// The data types of one mesh: the predefined ones and those of its configuration.
class data_type_registry {
public:
  /// Knows `GPS`: longitude and latitude, 3 bytes each, in 1e-5 degrees (wire §2).
  data_type_registry();

  /// Adds a type, or replaces the one of that code.
  void declare(data_type type);

  const data_type* find(type_code code) const noexcept;

  /// False when a reading of that type cannot have `size` bytes (wire §2: malformed).
  bool accepts(type_code code, std::size_t size) const noexcept;

  /// The fields of a reading; empty for a dynamic type or bytes that do not fit.
  std::vector<decoded_field> decode(type_code code, bytes_view data) const;

  const std::map<type_code, data_type>& types() const noexcept { return types_; }

private:
  std::map<type_code, data_type> types_;
};

/// `longitude=8.40444 latitude=49.01409`; without fields the bytes as hex.
std::string describe(const std::vector<decoded_field>& fields, bytes_view data);

} // namespace xylem
