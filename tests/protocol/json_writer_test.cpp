#include "protocol/json_writer.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <limits>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_text(out, text);
  return out;
}

std::string number(double value) {
  std::string out;
  append_json_number(out, value);
  return out;
}

std::string seconds(std::chrono::milliseconds span) {
  std::string out;
  append_json_seconds(out, span);
  return out;
}

std::string value_of(const std::vector<data_field>& fields, std::string_view hex) {
  data_type_registry types;
  types.declare({type_code{"T"}, fields});
  std::string out;
  append_json_value(out, types, type_code{"T"}, *from_hex(hex));
  return out;
}

data_field field(std::string name, std::string_view format, double scale = 1.0) {
  auto out = *parse_field_format(format);
  out.name = std::move(name);
  out.scale = scale;
  return out;
}

} // namespace

TEST_CASE("plain text is in quotes") {
  CHECK(quoted("") == R"("")");
  CHECK(quoted("a b~") == R"("a b~")");
  CHECK(quoted("°C 日本 😀") == "\"°C 日本 😀\"");
}

TEST_CASE("what JSON has no place for in text is escaped") {
  CHECK(quoted("\"\\\n\r\t") == R"("\"\\\n\r\t")");
  CHECK(quoted(std::string_view{"\0\x1f\x7f", 3}) == R"("\u0000\u001f\u007f")");
}

TEST_CASE("bytes that are no UTF-8 become a replacement character each") {
  const std::string mark = "\xEF\xBF\xBD";
  CHECK(quoted("a\xFFz") == "\"a" + mark + "z\"");
  CHECK(quoted("\xC3") == "\"" + mark + "\"");                          // cut off
  CHECK(quoted("\xC0\xAF") == "\"" + mark + mark + "\"");               // overlong
  CHECK(quoted("\xED\xA0\x80") == "\"" + mark + mark + mark + "\"");    // a surrogate
  CHECK(quoted("\xF4\x90\x80\x80").size() == 2 + 4 * mark.size());      // above U+10FFFF
  CHECK(quoted("\xE0\x80\x80").size() == 2 + 3 * mark.size());          // overlong
  CHECK(quoted("\xF0\x9F\x98") == "\"" + mark + mark + mark + "\"");    // cut off
}

TEST_CASE("whatever two bytes a text has, it is JSON") {
  for (unsigned i = 0; i < 0x10000; ++i) {
    std::array<char, 2> pair{static_cast<char>(i >> 8), static_cast<char>(i)};
    auto shown = boost::json::parse(quoted({pair.data(), 2}));
    auto is_ascii = i >> 8 < 0x80 && (i & 0xFF) < 0x80;
    if (is_ascii)
      REQUIRE(shown.as_string() == std::string_view{pair.data(), 2});
    std::string bytes;
    append_json_bytes(bytes, std::as_bytes(std::span{pair}));
    REQUIRE(boost::json::parse(bytes).as_string() == escaped_text(std::as_bytes(std::span{pair})));
  }
}

TEST_CASE("a number is the shortest text that is read as the same") {
  CHECK(number(8.40532) == "8.40532");
  CHECK(number(-0.5) == "-0.5");
  CHECK(number(1e300) == "1e+300");
  CHECK(number(5) == "5");
  for (auto value : {0.1 + 0.2, 1.0 / 3, std::numeric_limits<double>::denorm_min(),
                     std::numeric_limits<double>::max(), -std::numeric_limits<double>::min()}) {
    auto read = boost::json::parse(number(value));
    CHECK(read.to_number<double>() == doctest::Approx(value));
  }
}

TEST_CASE("JSON has no infinity and nothing that is not a number") {
  CHECK(number(std::numeric_limits<double>::infinity()) == "null");
  CHECK(number(-std::numeric_limits<double>::infinity()) == "null");
  CHECK(number(std::numeric_limits<double>::quiet_NaN()) == "null");
}

TEST_CASE("spans are seconds with milliseconds") {
  CHECK(seconds(0ms) == "0.000");
  CHECK(seconds(412ms) == "0.412");
  CHECK(seconds(61'007ms) == "61.007");
}

TEST_CASE("a type code is shown as it is written in paths") {
  for (auto code : {"GPS", "\"\\x", "a b", "0x1", "\x01", "\xC3\xA4"}) {
    std::string out;
    append_json_code(out, type_code{std::string_view{code}});
    CHECK(boost::json::parse(out).as_string() == to_string(type_code{std::string_view{code}}));
  }
}

TEST_CASE("the fields of a reading have their names, and a field without one is the value") {
  CHECK(value_of({field("a", "u8"), field("b\"", "i16", 0.5)}, "07ffff")
        == R"(,"value":{"a":7,"b\"":-0.5})");
  CHECK(value_of({field("", "u8")}, "07") == R"(,"value":{"value":7})");
  CHECK(value_of({field("n", "u8"), field("t", "text")}, "07226869ff")
        == R"(,"value":{"n":7,"t":"\"hi\\xff"})");
  CHECK(value_of({field("t", "text")}, "") == R"(,"value":{"t":""})");
}

TEST_CASE("numbers of 64 bits are exact, and scaled ones have no noise of binary fractions") {
  CHECK(value_of({field("n", "u64")}, "ffffffffffffffff")
        == R"(,"value":{"n":18446744073709551615})");
  CHECK(value_of({field("n", "i64")}, "8000000000000000")
        == R"(,"value":{"n":-9223372036854775808})");
  CHECK(value_of({field("n", "u24", 1e-5)}, "1ac9d1") == R"(,"value":{"n":17.55601})");
  CHECK(value_of({field("n", "u8", 0.1)}, "03") == R"(,"value":{"n":0.3})");
  CHECK(value_of({field("n", "u8", 3.0)}, "03") == R"(,"value":{"n":9})");
}

TEST_CASE("bytes that are not of the type have no value") {
  CHECK(value_of({field("n", "u16")}, "07").empty());
  CHECK(value_of({field("n", "u16")}, "070707").empty());
  CHECK(value_of({field("t", "text"), field("n", "u8")}, "07").empty());
  CHECK(value_of({}, "07").empty());
  std::string out;
  append_json_value(out, {}, type_code{"DYN"}, *from_hex("07"));
  CHECK(out.empty());
}
