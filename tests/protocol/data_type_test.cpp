#include "protocol/data_type.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace xylem;

namespace {

using sizes = std::vector<std::size_t>;

const type_code t1{"T1."};

data_field field(std::string_view format, double scale = 1.0, byte_order order = byte_order::big,
                 std::string name = "") {
  auto out = parse_field_format(format).value();
  out.name = std::move(name);
  out.scale = scale;
  out.order = order;
  return out;
}

data_type_registry with(std::vector<data_field> fields) {
  data_type_registry types;
  types.declare({t1, std::move(fields)});
  return types;
}

std::vector<decoded_field> decode(std::vector<data_field> fields, std::string_view hex) {
  auto data = from_hex(hex).value();
  return with(std::move(fields)).decode(t1, data);
}

/// The one value of a type of one field.
field_value value_of(data_field only, std::string_view hex) {
  auto fields = decode({std::move(only)}, hex);
  REQUIRE(fields.size() == 1);
  return fields.front().value;
}

std::string described(std::vector<data_field> fields, std::string_view hex) {
  auto data = from_hex(hex).value();
  return describe(with(std::move(fields)).decode(t1, data), data);
}

field_value number(std::uint64_t value) {
  return value;
}

field_value negative(std::int64_t value) {
  return value;
}

} // namespace

TEST_CASE("formats are u8 to u64, i8 to i64 in steps of a byte, f32, f64 and text") {
  for (std::size_t size = 1; size <= 8; ++size)
    for (auto letter : {"u", "i"}) {
      auto name = letter + std::to_string(8 * size);
      INFO(name);
      auto parsed = parse_field_format(name);
      REQUIRE(parsed.has_value());
      CHECK(parsed->size == size);
      CHECK(parsed->format
            == (*letter == 'u' ? number_format::unsigned_integer : number_format::signed_integer));
      CHECK(format_name(*parsed) == name);
    }
  CHECK(parse_field_format("f32")->size == 4);
  CHECK(parse_field_format("f64")->size == 8);
  CHECK(parse_field_format("text")->size == 0);
  for (auto name : {"f32", "f64", "text"})
    CHECK(format_name(*parse_field_format(name)) == name);
}

TEST_CASE("there are no other formats") {
  for (auto text : {"",    "u",   "i",   "u0",    "u7",  "u12", "u72",
                    "u08", "i-8", "i+8", "u8 ",   " u8", "U8",  "u99999999999",
                    "f16", "f",   "f8",  "texts", "8",   "u8x", "int"})
    CHECK_FALSE_MESSAGE(parse_field_format(text).has_value(), text);
}

TEST_CASE("unsigned integers of every size are read from end to end of their range") {
  CHECK(value_of(field("u8"), "ff") == number(255));
  CHECK(value_of(field("u16"), "0102") == number(0x0102));
  CHECK(value_of(field("u24"), "ffffff") == number(0xFFFFFF));
  CHECK(value_of(field("u32"), "80000000") == number(0x80000000));
  CHECK(value_of(field("u40"), "0102030405") == number(0x0102030405));
  CHECK(value_of(field("u48"), "ffffffffffff") == number(0xFFFFFFFFFFFF));
  CHECK(value_of(field("u56"), "80000000000000") == number(0x80000000000000));
  CHECK(value_of(field("u64"), "ffffffffffffffff") == number(~0ull));
}

TEST_CASE("signed integers of every size have their sign in their highest bit") {
  for (std::size_t size = 1; size <= 8; ++size) {
    auto format = field("i" + std::to_string(8 * size));
    INFO(size);
    std::string rest(2 * (size - 1), '0');
    std::string rest_f(2 * (size - 1), 'f');
    auto lowest = -std::ldexp(1.0, static_cast<int>(8 * size - 1)); // -2^(bits-1), exact
    CHECK(value_of(format, "ff" + rest_f) == negative(-1));
    CHECK(value_of(format, "80" + rest) == negative(static_cast<std::int64_t>(lowest)));
    CHECK(value_of(format, "7f" + rest_f) == negative(-(static_cast<std::int64_t>(lowest) + 1)));
    CHECK(value_of(format, "00" + rest) == negative(0));
  }
}

TEST_CASE("little-endian fields are read from their last byte") {
  CHECK(value_of(field("u24", 1.0, byte_order::little), "010203") == number(0x030201));
  CHECK(value_of(field("i16", 1.0, byte_order::little), "feff") == negative(-2));
  CHECK(value_of(field("f32", 1.0, byte_order::little), "0000c03f") == field_value{1.5});
  CHECK(value_of(field("f64", 1.0, byte_order::little), "000000000000f83f") == field_value{1.5});
}

TEST_CASE("a scale makes a fixed-point number of an integer") {
  CHECK(value_of(field("i16", 0.1), "fff6") == field_value{-10 * 0.1});
  CHECK(value_of(field("u8", 0.5), "03") == field_value{1.5});
  CHECK(value_of(field("u8", 10), "03") == field_value{30.0});
  CHECK(value_of(field("u8", -1), "03") == field_value{-3.0});
  CHECK(value_of(field("u64", 0.5), "8000000000000000") == field_value{std::ldexp(1.0, 62)});
}

TEST_CASE("floating numbers are IEEE 754, and can be scaled") {
  CHECK(value_of(field("f32"), "3fc00000") == field_value{1.5});
  CHECK(value_of(field("f32"), "c0000000") == field_value{-2.0});
  CHECK(value_of(field("f64"), "3ff8000000000000") == field_value{1.5});
  CHECK(value_of(field("f32", 2.0), "3fc00000") == field_value{3.0});
  CHECK(std::isinf(std::get<double>(value_of(field("f32"), "7f800000"))));
  CHECK(std::isnan(std::get<double>(value_of(field("f64"), "7ff8000000000000"))));
}

TEST_CASE("text is what is left, and safe to show") {
  CHECK(value_of(field("text"), "6869") == field_value{std::string{"hi"}});
  CHECK(value_of(field("text"), "1b5b") == field_value{std::string{"\\x1b["}});
  CHECK(value_of(field("text"), "") == field_value{std::string{}});
  auto fields = decode({field("u8"), field("text")}, "076869");
  REQUIRE(fields.size() == 2);
  CHECK(fields[0].value == number(7));
  CHECK(fields[1].value == field_value{std::string{"hi"}});
}

TEST_CASE("fields follow each other, each with its name") {
  auto named = [](std::string_view format, std::string name) {
    return field(format, 1.0, byte_order::big, std::move(name));
  };
  auto fields = decode({named("u8", "a"), named("i16", "b"), named("u8", "c")}, "01fffe03");
  REQUIRE(fields.size() == 3);
  CHECK(fields[0] == decoded_field{"a", number(1)});
  CHECK(fields[1] == decoded_field{"b", negative(-2)});
  CHECK(fields[2] == decoded_field{"c", number(3)});
}

TEST_CASE("bytes that do not fit have no fields") {
  CHECK(decode({field("u16")}, "01").empty());
  CHECK(decode({field("u16")}, "010203").empty());
  CHECK(decode({field("u16")}, "").empty());
  CHECK(decode({field("u8"), field("text")}, "").empty());
}

TEST_CASE("a type of fixed length takes no other, one with text takes any that is long enough") {
  auto fixed = with({field("u8"), field("i24")});
  CHECK(fixed.find(t1)->length() == 4);
  for (auto size : sizes{0, 3, 5, 255})
    CHECK_FALSE(fixed.accepts(t1, size));
  CHECK(fixed.accepts(t1, 4));
  auto open = with({field("u8"), field("text")});
  CHECK_FALSE(open.find(t1)->length().has_value());
  CHECK_FALSE(open.accepts(t1, 0)); // the u8 has no byte
  CHECK(open.accepts(t1, 1));
  CHECK(open.accepts(t1, 255));
}

TEST_CASE("a type that nobody declared takes any length and has no fields") {
  data_type_registry types;
  CHECK(types.find(t1) == nullptr);
  for (auto size : sizes{0, 1, 255})
    CHECK(types.accepts(t1, size));
  CHECK(types.decode(t1, *from_hex("01")).empty());
}

TEST_CASE("GPS is predefined: longitude and latitude, three bytes each, in 1e-5 degrees") {
  data_type_registry types;
  // 8.40444 and 49.01409 degrees: 840444 = 0x0CD2FC, 4901409 = 0x4ACA21
  auto data = *from_hex("0cd2fc 4aca21");
  CHECK(describe(types.decode(type_code{"GPS"}, data), data)
        == "longitude=8.40444 latitude=49.01409");
  // West and south are negative; -2^23 and 2^23 - 1 are the ends of the range.
  auto edge = *from_hex("800000 7fffff");
  CHECK(describe(types.decode(type_code{"GPS"}, edge), edge)
        == "longitude=-83.88608 latitude=83.88607");
  CHECK_FALSE(types.accepts(type_code{"GPS"}, 5));
  CHECK_FALSE(types.accepts(type_code{"GPS"}, 7));
}

TEST_CASE("declaring a type again replaces it, a predefined one too") {
  auto types = with({field("u8")});
  types.declare({t1, {field("u16")}});
  CHECK(types.find(t1)->length() == 2);
  types.declare({type_code{"GPS"}, {field("f64"), field("f64")}});
  CHECK(types.accepts(type_code{"GPS"}, 16));
  CHECK(types.types().size() == 2);
}

TEST_CASE("a reading is described by its fields, or by its bytes when it has none") {
  CHECK(described({field("u8", 1.0, byte_order::big, "a"), field("i8", 1.0, byte_order::big, "b")},
                  "01ff")
        == "a=1 b=-1");
  CHECK(described({field("u8")}, "2a") == "42"); // a field without a name is its value alone
  CHECK(described({field("u8")}, "2a2b") == "2a2b");
  CHECK(describe({}, {}) == "");
}

TEST_CASE("a described number shows every step of its scale and no noise of binary fractions") {
  CHECK(described({field("i16", 0.1)}, "0001") == "0.1");
  CHECK(described({field("i16", 0.1)}, "0003") == "0.3"); // 3 × 0.1 is 0.30000000000000004
  CHECK(described({field("i32", 1e-7)}, "7fffffff") == "214.7483647");
  CHECK(described({field("u64")}, "ffffffffffffffff") == "18446744073709551615");
  CHECK(described({field("i64")}, "8000000000000000") == "-9223372036854775808");
  CHECK(described({field("f64")}, "ffefffffffffffff") == "-1.79769313486e+308");
}
