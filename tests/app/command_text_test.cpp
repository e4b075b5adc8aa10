// What the commands share: tables, durations, what a user asks for.
#include "app/commands/console_text.hpp"
#include "app/commands/moment.hpp"
#include "app/commands/reading_target.hpp"
#include "app/commands/table.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

std::string printed(const table& shown, std::string_view indent = "") {
  std::ostringstream out;
  shown.print(out, indent);
  return out.str();
}

reading_target target(std::string_view type, std::optional<node_address> node) {
  return {type_code{type}, node};
}

} // namespace

TEST_CASE("a table aligns its columns and ends no line with blanks") {
  table shown{{{"NODE", alignment::right}, {"NAME"}, {"UUID"}}};
  shown.add({"5", "gate", "00ff"});
  shown.add({"65535", "Tür"}); // ü: two bytes, one character
  CHECK(printed(shown, "> ")
        == "> "
           " NODE  NAME  UUID\n"
           "> "
           "    5  gate  00ff\n"
           "> "
           "65535  Tür\n");
  CHECK(printed(table{{{"A"}}}) == "A\n");
}

TEST_CASE("nothing that a gateway sends steers the terminal") {
  // Escape, bell, delete, newline, and U+009B: the control sequence introducer as UTF-8.
  CHECK(printable("a\x1b[31m\x07\x7f\nb\xc2\x9b") == "a?[31m???b?");
  CHECK(printable("Tür 日本 \xc2\xa0") == "Tür 日本 \xc2\xa0");
  CHECK(printable("cut \xc2") == "cut \xc2");
  table shown{{{"A"}}};
  shown.add({"\x1b]0;title\x07"});
  CHECK(printed(shown) == "A\n?]0;title?\n");
}

TEST_CASE("a duration is told in the unit that fits") {
  CHECK(short_duration(-5s) == "0.0 s");
  CHECK(short_duration(0ms) == "0.0 s");
  CHECK(short_duration(345ms) == "0.3 s");
  CHECK(short_duration(9999ms) == "9.9 s");
  CHECK(short_duration(10s) == "10 s");
  CHECK(short_duration(119s) == "119 s");
  CHECK(short_duration(2min) == "2 min");
  CHECK(short_duration(119min) == "119 min");
  CHECK(short_duration(2h) == "2 h");
  CHECK(short_duration(48h) == "2 d");
}

TEST_CASE("a moment is a span before now, a day, or a time, all in UTC") {
  constexpr wall_time now{1'700'000'000'000ms}; // 2023-11-14T22:13:20Z
  CHECK(parse_moment("2h", now) == now - 2h);
  CHECK(parse_moment("10m ago", now) == now - 10min);
  CHECK(parse_moment("1d", now) == now - 24h);
  CHECK(parse_moment("2023-11-14T22:13:20.007Z", now) == now + 7ms);
  CHECK(parse_moment("2023-11-15", now) == now + 1h + 46min + 40s);
  for (auto text :
       {"", "ago", "5", "5 ago", "-2h", "2x", "yesterday", "2023-11-31", "2023-11-14T22:13"})
    CHECK(!parse_moment(text, now));
}

TEST_CASE("a number of things knows the singular") {
  CHECK(counted(0, "byte") == "0 bytes");
  CHECK(counted(1, "byte") == "1 byte");
  CHECK(counted(2, "byte") == "2 bytes");
}

TEST_CASE("type and node may be given in either order") {
  CHECK(*parse_reading_target({"GPS"}) == target("GPS", std::nullopt));
  CHECK(*parse_reading_target({"GPS", "5"}) == target("GPS", node_address{5}));
  CHECK(*parse_reading_target({"5", "GPS"}) == target("GPS", node_address{5}));
  CHECK(*parse_reading_target({"0x0005", "GPS"}) == target("GPS", node_address{5}));
  CHECK(*parse_reading_target({"0x00ff01", "5"}) == target({"\0\xff\x01", 3}, node_address{5}));
}

TEST_CASE("a node alone is every type of it") {
  CHECK(*parse_reading_target({"5"}) == reading_target{std::nullopt, node_address{5}});
  CHECK(*parse_reading_target({"0x0005"}) == reading_target{std::nullopt, node_address{5}});
}

TEST_CASE("a word of three digits is whichever is left, and never guessed") {
  CHECK(*parse_reading_target({"123"}) == target("123", std::nullopt));
  CHECK(*parse_reading_target({"123", "GPS"}) == target("GPS", node_address{123}));
  CHECK(*parse_reading_target({"5", "123"}) == target("123", node_address{5}));
  CHECK(!parse_reading_target({"123", "456"}));
  // 0x343536 = "456": too large for a node; 0x007b has two bytes: too short for a type.
  CHECK(*parse_reading_target({"123", "0x343536"}) == target("456", node_address{123}));
  CHECK(*parse_reading_target({"0x007b", "456"}) == target("456", node_address{123}));
}

TEST_CASE("what names no reading is refused") {
  const std::vector<std::string> cases[] = {
      {},          {""},           {"GPSX"},      {"0x1ffff"},
      {"GP", "5"}, {"GPS", "TMP"}, {"GPS", "-1"}, {"GPS", "65536"},
      {"5", "6"},  {"GPS", ""},    {"GPS", "5x"}, {"GPS", "5", "6"}};
  for (const auto& words : cases) {
    auto made = parse_reading_target(words);
    REQUIRE(!made);
    CHECK(made.error().kind == client::error_kind::invalid_request);
  }
}
