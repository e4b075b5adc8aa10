#include "protocol/node.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace xylem;
using namespace std::string_view_literals;

namespace {

type_code code_of(std::string_view hex) {
  return type_code{bytes_view{from_hex(hex).value()}};
}

} // namespace

TEST_CASE("a printable type is shown as it is") {
  CHECK(to_string(type_code{"GPS"}) == "GPS");
  CHECK(to_string(type_code{"[D]"}) == "[D]");
  CHECK(to_string(type_code{"~!\""}) == "~!\"");
  CHECK(to_string(type_code{"D"}) == "D");
}

TEST_CASE("any other type is shown as hex: also one with a blank, which nobody would see") {
  CHECK(to_string(code_of("00ff20")) == "0x00ff20");
  CHECK(to_string(code_of("543120")) == "0x543120"); // "T1 "
  CHECK(to_string(code_of("54317f")) == "0x54317f");
  CHECK(to_string(code_of("01")) == "0x01");
}

TEST_CASE("a type that looks like hex is shown as hex") {
  CHECK(to_string(type_code{"0x1"}) == "0x307831");
}

TEST_CASE("every type is read back from what is shown of it") {
  std::mt19937_64 random{1};
  for (auto round = 0; round < 100'000; ++round) {
    bytes raw(1 + random() % 3);
    for (auto& byte : raw)
      byte = static_cast<std::byte>(random());
    type_code code{raw};
    REQUIRE(parse_type_code(to_string(code)) == code);
  }
}

TEST_CASE("a text that is no type is none") {
  for (auto text : {"", "GPSX", "0x", "0x1", "0x123", "0x01020304", "0xzz", "0x "})
    CHECK_FALSE(parse_type_code(text).has_value());
}

TEST_CASE("a type is at most three bytes: what follows is cut off") {
  CHECK(type_code{"GPSX"} == type_code{"GPS"});
  CHECK(code_of("01020304") == code_of("010203"));
}

TEST_CASE("types of different lengths differ, zeros included") {
  CHECK(code_of("41") != code_of("4100"));
  CHECK(code_of("4100") != code_of("410000"));
  CHECK(type_code{} != code_of("00"));
  CHECK(type_code{}.size() == 0);
  CHECK(code_of("4100").size() == 2);
}

TEST_CASE("types are in the order of their bytes, high ones after low ones") {
  CHECK(code_of("010000") < code_of("020000"));
  CHECK(code_of("7f0000") < code_of("800000"));
  CHECK(type_code{"GPS"} < type_code{"GPT"});
}

TEST_CASE("a type is as large as an int") {
  CHECK(sizeof(type_code) == 4);
}

TEST_CASE("an address is a decimal number, or hex after 0x") {
  CHECK(parse_node_address("5") == node_address{5});
  CHECK(parse_node_address("0") == node_address{0});
  CHECK(parse_node_address("00005") == node_address{5});
  CHECK(parse_node_address("65535") == node_address{0xFFFF});
  CHECK(parse_node_address("0x0005") == node_address{5});
  CHECK(parse_node_address("0xffFF") == node_address{0xFFFF});
  CHECK(parse_node_address("0X10") == node_address{16});
}

TEST_CASE("anything else is no address") {
  for (auto text : {"", " ", "0x", "-1", "+5", "5 ", " 5", "65536", "0x10000",
                    "99999999999999999999", "5a", "a", "0xg", "0x0x5", "1.0", "1e3"})
    CHECK_FALSE(parse_node_address(text).has_value());
  CHECK_FALSE(parse_node_address("5\0"sv).has_value());
}

TEST_CASE("every address is read back from its number and from its hex") {
  for (unsigned value = 0; value <= 0xFFFF; ++value) {
    auto address = node_address{static_cast<std::uint16_t>(value)};
    REQUIRE(parse_node_address(std::to_string(value)) == address);
    bytes raw;
    append_big(raw, address.value);
    REQUIRE(parse_node_address("0x" + to_hex(raw)) == address);
  }
}

TEST_CASE("a status has its name") {
  CHECK(to_string(node_status::active) == "active");
  CHECK(to_string(node_status::idle) == "idle");
  CHECK(to_string(node_status::disconnected) == "disconnected");
}
