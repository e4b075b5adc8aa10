#include "protocol/bytes.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::string_view_literals;

namespace {

bytes hex(std::string_view text) {
  return from_hex(text).value();
}

} // namespace

TEST_CASE("numbers are written with their highest byte first") {
  bytes out;
  append_big(out, std::uint8_t{0x01});
  append_big(out, std::uint16_t{0x0203});
  append_big(out, std::uint32_t{0x04050607});
  append_big(out, std::uint64_t{0x08090A0B0C0D0E0F});
  CHECK(to_hex(out) == "0102030405060708090a0b0c0d0e0f");
}

TEST_CASE("a negative number is written as its two's complement") {
  bytes out;
  append_big(out, std::int16_t{-2});
  CHECK(to_hex(out) == "fffe");
}

TEST_CASE("a number is read with its highest byte first, from none to eight bytes") {
  CHECK(read_big({}) == 0);
  CHECK(read_big(hex("ff")) == 255);
  CHECK(read_big(hex("010203")) == 0x010203);
  CHECK(read_big(hex("8000000000000001")) == 0x8000000000000001);
}

TEST_CASE("a reader takes what is there and stays where it is when there is less") {
  auto data = hex("0102030405");
  byte_reader reader{data};
  CHECK(reader.big<std::uint16_t>() == 0x0102);
  CHECK_FALSE(reader.big<std::uint32_t>().has_value()); // three are left
  CHECK_FALSE(reader.take(4).has_value());
  CHECK(to_hex(reader.rest()) == "030405");
  CHECK(to_hex(reader.take(3).value()) == "030405");
  CHECK(reader.empty());
  CHECK(reader.take(0).value().empty());
  CHECK_FALSE(reader.big<std::uint8_t>().has_value());
}

TEST_CASE("a reader of nothing has nothing") {
  byte_reader reader{{}};
  CHECK(reader.empty());
  CHECK_FALSE(reader.take(1).has_value());
  CHECK_FALSE(reader.take(static_cast<std::size_t>(-1)).has_value());
}

TEST_CASE("hex is two lower-case digits a byte") {
  CHECK(to_hex({}) == "");
  CHECK(to_hex(bytes{std::byte{0x00}, std::byte{0x0A}, std::byte{0xFF}}) == "000aff");
}

TEST_CASE("hex is read in both cases and with blanks between the digits") {
  CHECK(from_hex("") == bytes{});
  CHECK(from_hex(" \t\r\n") == bytes{});
  CHECK(to_hex(hex("00 aF\tFa\n1 2")) == "00affa12");
}

TEST_CASE("hex with an odd digit or a foreign one is none") {
  for (auto text : {"0", "000", "0x00", "0g", "-1", "00,11", "\xff\xff"})
    CHECK_FALSE(from_hex(text).has_value());
  CHECK_FALSE(from_hex("00\0"sv).has_value());
}

TEST_CASE("every byte comes back from its hex") {
  bytes all(256);
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<std::byte>(i);
  CHECK(from_hex(to_hex(all)) == all);
}

TEST_CASE("printable is a run of ASCII from blank to tilde, tab, CR and LF, and not empty") {
  CHECK_FALSE(is_printable({}));
  for (unsigned value = 0; value < 256; ++value) {
    INFO(value);
    auto byte = static_cast<std::byte>(value);
    auto expected = (value >= 0x20 && value <= 0x7E) || value == 9 || value == 10 || value == 13;
    CHECK(is_printable({&byte, 1}) == expected);
  }
  CHECK(is_printable(view_of("[Warning] text\r\n"sv)));
  CHECK_FALSE(is_printable(view_of("text\0"sv)));
}

TEST_CASE("escaped text is printable and names every byte that is not") {
  CHECK(escaped_text({}) == "");
  CHECK(escaped_text(view_of("a b~"sv)) == "a b~");
  CHECK(escaped_text(hex("00 0a 1b 7f 80 ff")) == R"(\x00\x0a\x1b\x7f\x80\xff)");
}

TEST_CASE("a backslash is doubled, so that no text looks like an escaped byte") {
  CHECK(escaped_text(view_of(R"(\x00)"sv)) == R"(\\x00)");
}

TEST_CASE("text and bytes are views of each other") {
  auto text = "a\0b"sv;
  CHECK(text_of(view_of(text)) == text);
  CHECK(copy_of(view_of(text)) == hex("610062"));
  bytes out = hex("00");
  append(out, text);
  append(out, hex("01"));
  CHECK(to_hex(out) == "0061006201");
}
