#include "protocol/capture.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

constexpr wall_time noon{1'700'000'000'000ms};

bytes hex(std::string_view text) {
  return from_hex(text).value();
}

captured record(std::size_t size, capture_kind kind = capture_kind::from_root) {
  return {.when = {mono_time{5ns}, noon}, .kind = kind, .data = bytes(size)};
}

/// A record whose data is its number.
captured numbered(std::uint8_t number) {
  auto out = record(0);
  append_big(out.data, number);
  return out;
}

std::vector<unsigned> numbers(const capture_page& page) {
  std::vector<unsigned> out;
  for (const auto& what : page.records)
    out.push_back(static_cast<unsigned>(read_big(what.data)));
  return out;
}

/// Room for this many numbered records.
std::size_t room(std::size_t records) {
  return records * captured_size(numbered(0));
}

capture_ring filled(std::uint8_t count, std::size_t max_bytes) {
  capture_ring ring{max_bytes};
  for (std::uint8_t number = 0; number < count; ++number)
    ring.push(numbered(number));
  return ring;
}

std::string mistake(std::string_view packet) {
  auto found = parse_packet(hex(packet), noon);
  return std::holds_alternative<std::string>(found) ? std::get<std::string>(found) : "";
}

using list = std::vector<unsigned>;

} // namespace

TEST_CASE("a packet is version, kind, monotonic time, its mesh with its length, and data") {
  bytes packet;
  append_packet(packet, "attic", {.when = {mono_time{0x0102030405060708ns}, noon},
                                  .kind = capture_kind::to_root,
                                  .data = hex("ff00fe")});
  CHECK(to_hex(packet) == "01" "01" "0102030405060708" "05" "6174746963" "ff00fe");
}

TEST_CASE("a packet of every kind is read as it was written") {
  for (auto kind : {0, 1, 2, 3, 4, 5}) {
    capture_packet packet{std::string(32, 'm'), record(8, static_cast<capture_kind>(kind))};
    bytes written;
    append_packet(written, packet.mesh, packet.what);
    CHECK(std::get<capture_packet>(parse_packet(written, noon)) == packet);
  }
}

TEST_CASE("a packet may have no data, and as much as a record may have") {
  for (auto size : {std::size_t{0}, limits::captured_at_once}) {
    capture_packet packet{"m", record(size)};
    bytes written;
    append_packet(written, packet.mesh, packet.what);
    CHECK(std::get<capture_packet>(parse_packet(written, noon)) == packet);
    CHECK(written.size() <= longest_packet);
  }
}

TEST_CASE("what is wrong with a packet is told") {
  CHECK(mistake("02 00 0000000000000000 01 61") == "the packet's version is 2, not 1");
  CHECK(mistake("01 06 0000000000000000 01 61") == "a packet's kind is 6, which nobody knows");
  CHECK(mistake("01 00 0000000000000000 00 61")
        == "the name of the mesh is not 1 to 32 printable characters");
  CHECK(mistake("01 00 0000000000000000 02 611b")
        == "the name of the mesh is not 1 to 32 printable characters");
  CHECK(mistake("01 05 0000000000000000 01 61 07")
        == "the number of lost records does not have 8 bytes");
  bytes long_one;
  append_packet(long_one, "m", record(limits::captured_at_once));
  long_one.push_back({});
  CHECK(std::get<std::string>(parse_packet(long_one, noon))
        == "the packet has more than 64 KiB of data");
}

TEST_CASE("a packet that was cut within its header is told as that") {
  auto whole = hex("01 00 0000000000000000 05 6174746963");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    auto found = parse_packet(bytes_view{whole}.first(size), noon);
    REQUIRE(std::holds_alternative<std::string>(found));
    CHECK(std::get<std::string>(found) == "the packet ends within its header");
  }
}

TEST_CASE("kinds have names") {
  CHECK(to_string(capture_kind::from_root) == "from_root");
  CHECK(to_string(capture_kind::lost) == "lost");
  CHECK(capture_kind_of("port_lost") == capture_kind::port_lost);
  CHECK_FALSE(capture_kind_of("to_nobody").has_value());
}

TEST_CASE("a record of lost ones says how many") {
  CHECK(lost_records(make_lost_record(70'000, {{}, noon})) == 70'000);
  CHECK_FALSE(lost_records(record(8)).has_value());
}

TEST_CASE("a ring gives its records in their order, page by page") {
  auto ring = filled(5, 1 << 20);
  auto first = ring.read({.from = 0, .max_records = 2});
  CHECK(numbers(first) == list{0, 1});
  CHECK(first.next == 2);
  CHECK_FALSE(first.complete);
  auto rest = ring.read({.from = first.next});
  CHECK(numbers(rest) == list{2, 3, 4});
  CHECK(rest.next == 5);
  CHECK(rest.complete);
  CHECK(rest.lost == 0);
}

TEST_CASE("a page holds no more than was asked for, but one record at least") {
  auto ring = filled(5, 1 << 20);
  CHECK(numbers(ring.read({.from = 0, .max_bytes = room(3)})) == list{0, 1, 2});
  CHECK(numbers(ring.read({.from = 0, .max_bytes = room(3) - 1})) == list{0, 1});
  CHECK(numbers(ring.read({.from = 1, .max_bytes = 0})) == list{1});
}

TEST_CASE("an empty ring, and one that was read to its end, give nothing and go on from there") {
  capture_ring ring{1 << 20};
  auto nothing = ring.read({.from = 0});
  CHECK(nothing.records.empty());
  CHECK(nothing.next == 0);
  CHECK(nothing.complete);
  ring.push(numbered(1));
  auto end = ring.read({.from = 1});
  CHECK(end.records.empty());
  CHECK(end.next == 1);
  CHECK(end.complete);
}

TEST_CASE("the oldest records make room, and who still wanted them learns how many those were") {
  auto ring = filled(10, room(4));
  CHECK(ring.size() == 4);
  CHECK(ring.bytes_used() == room(4));
  CHECK(ring.overwritten() == 6);
  auto page = ring.read({.from = 2});
  CHECK(page.lost == 4);
  CHECK(numbers(page) == list{6, 7, 8, 9});
  CHECK(page.next == 10);
}

TEST_CASE("a position that was never given out begins with the oldest record") {
  auto page = filled(10, room(4)).read({.from = 11});
  CHECK(page.lost == 6);
  CHECK(numbers(page) == list{6, 7, 8, 9});
}

TEST_CASE("the newest record stays, however large it is") {
  auto ring = filled(3, room(4));
  ring.push(record(limits::captured_at_once));
  CHECK(ring.size() == 1);
  CHECK(ring.overwritten() == 3);
}

TEST_CASE("what is longer than a record may be becomes several, at the same moment") {
  capture_ring ring{1 << 20};
  ring.push(record(2 * limits::captured_at_once + 1, capture_kind::to_root));
  auto page = ring.read({.from = 0, .max_bytes = 1 << 20});
  REQUIRE(page.records.size() == 3);
  CHECK(page.records[0].data.size() == limits::captured_at_once);
  CHECK(page.records[2] == record(1, capture_kind::to_root));
}
