#include "app/client/reply_parser.hpp"

#include "client_fake_gateway.hpp"
#include "protocol/dialect.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace xylem;
using namespace xylem::client;
using xylem::testing::hex;
using xylem::testing::json_reply;
using xylem::testing::refusal;

namespace {

const type_code gps{"GPS"};

/// A reply in words, so that replies can be compared.
struct describe_reply {
  std::string operator()(const accepted&) const { return "accepted"; }
  std::string operator()(const listening&) const { return "listening"; }
  std::string operator()(const active_count& count) const { return std::to_string(count.value); }
  std::string operator()(const json_text& json) const { return json.text; }
  std::string operator()(const failure_reply& refusal) const { return "F " + refusal.text; }
  std::string operator()(const std::vector<reading>& readings) const {
    std::string text = "readings";
    for (const auto& one : readings)
      text += " " + std::to_string(one.node.value) + "=" + to_hex(one.data);
    return text;
  }
  std::string operator()(const std::vector<history_point>& points) const {
    std::string text = "history";
    for (const auto& one : points)
      text += " " + std::to_string(one.time.time_since_epoch().count()) + "=" + to_hex(one.data);
    return text;
  }
};

/// Everything the parser finds in what it has, in words.
std::string drain(reply_parser& parser) {
  std::string text;
  for (;;) {
    auto found = parser.next();
    if (auto* whole = std::get_if<reply>(&found))
      text += std::visit(describe_reply{}, *whole) + "; ";
    else if (auto* error = std::get_if<protocol_error>(&found))
      return text + "error: " + std::string{error->text};
    else
      return text;
  }
}

struct sample {
  expectation expected;
  std::string wire;
  std::string found;
};

/// One of every layout of wire §4.
std::vector<sample> samples() {
  return {
      {{reply_shape::accepted, {}}, "S", "accepted; "},
      {{reply_shape::accepted, {}}, "F" + hex("0a") + "Queue Full", "F Queue Full; "},
      // n = 1: node 5
      {{reply_shape::readings, gps},
       "SGPS" + hex("06 01 0005 0cd30f 4ac9a1"),
       "readings 5=0cd30f4ac9a1; "},
      // n = 2: nodes 5 and 258
      {{reply_shape::batches, gps},
       "SGPS" + hex("01 02 0005 aa 0102 bb"),
       "readings 5=aa 258=bb; "},
      {{reply_shape::batches, gps}, "SGPS" + hex("00 00"), "readings; "},
      // 0x18bcfe56800 = 1700000000000 ms: 2023-11-14T22:13:20Z
      {{reply_shape::history, gps},
       "SGPS" + hex("02 0000018bcfe56800 01 aa 0000018bcfe56800 00"),
       "history 1700000000000=aa 1700000000000=; "},
      {{reply_shape::active_count, {}}, "S" + hex("0102"), "258; "},
      {{reply_shape::json, {}}, json_reply("{\"a\":1}"), "{\"a\":1}; "},
      {{reply_shape::listening, {}}, "[ack]" + hex("00"), "listening; "},
  };
}

reply_parser parser_of_all() {
  reply_parser parser;
  for (const auto& one : samples())
    parser.expect(one.expected);
  return parser;
}

std::string wire_of_all() {
  std::string wire;
  for (const auto& one : samples())
    wire += one.wire;
  return wire;
}

std::string found_of_all() {
  std::string found;
  for (const auto& one : samples())
    found += one.found;
  return found;
}

/// `count` nodes from `first` upwards with no data each.
std::string block(unsigned first, unsigned count) {
  auto wire = "SGPS" + hex("00") + std::string(1, static_cast<char>(count));
  for (auto node = first; node < first + count; ++node)
    wire += {static_cast<char>(node >> 8), static_cast<char>(node & 0xFF)};
  return wire;
}

} // namespace

TEST_CASE("every reply is understood, alone and behind others") {
  for (const auto& one : samples()) {
    reply_parser parser;
    parser.expect(one.expected);
    parser.feed(view_of(one.wire));
    CHECK(drain(parser) == one.found);
    CHECK(parser.waiting() == 0);
  }
  auto parser = parser_of_all();
  parser.feed(view_of(wire_of_all()));
  CHECK(drain(parser) == found_of_all());
}

TEST_CASE("replies are the same wherever the stream is split") {
  auto wire = wire_of_all();
  for (std::size_t first = 0; first <= wire.size(); ++first) {
    auto parser = parser_of_all();
    parser.feed(view_of(wire).first(first));
    auto found = drain(parser);
    parser.feed(view_of(wire).subspan(first));
    REQUIRE(found + drain(parser) == found_of_all());
  }
  auto parser = parser_of_all();
  std::string found;
  for (auto c : wire) {
    parser.feed(view_of({&c, 1}));
    found += drain(parser);
  }
  CHECK(found == found_of_all());
}

TEST_CASE("a reply that is cut anywhere is waited for") {
  for (const auto& one : samples()) {
    for (std::size_t size = 0; size < one.wire.size(); ++size) {
      reply_parser parser;
      parser.expect(one.expected);
      parser.feed(view_of(one.wire).first(size));
      REQUIRE(drain(parser) == "");
      REQUIRE(parser.waiting() == 1);
    }
  }
}

TEST_CASE(
    "any flipped bit ends in replies, waiting or an error, never in more than was asked for") {
  auto wire = wire_of_all();
  for (std::size_t bit = 0; bit < wire.size() * 8; ++bit) {
    auto broken = wire;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ 1 << bit % 8);
    auto parser = parser_of_all();
    parser.feed(view_of(broken));
    auto found = drain(parser);
    CHECK(found != "");
    CHECK(parser.waiting() <= samples().size());
    CHECK(parser.buffered() <= broken.size());
  }
}

TEST_CASE("noise is bounded: every shape stops at an error or waits for a bounded rest") {
  std::mt19937 random{42};
  for (const auto& one : samples()) {
    for (auto round = 0; round < 500; ++round) {
      std::string noise(300, '\0');
      for (auto& c : noise)
        c = static_cast<char>(random());
      noise[0] = round % 2 == 0 ? 'S' : noise[0];
      reply_parser parser;
      parser.expect(one.expected);
      parser.feed(view_of(noise));
      drain(parser);
      CHECK(parser.waiting() <= 1);
    }
  }
}

TEST_CASE("a full block of readings has a successor, a block with n < 255 is the last") {
  for (auto count : {254U, 255U, 256U, 510U, 511U}) {
    CAPTURE(count);
    std::string wire;
    auto first = 0U;
    for (; count - first >= 255; first += 255)
      wire += block(first, 255);
    wire += block(first, count - first); // n = 0 closes a multiple of 255
    reply_parser parser;
    parser.expect({reply_shape::batches, gps});
    parser.feed(view_of(wire).first(wire.size() - 1));
    CHECK(std::holds_alternative<incomplete>(parser.next()));
    parser.feed(view_of(wire).last(1));
    auto found = parser.next();
    auto& readings = std::get<std::vector<reading>>(std::get<reply>(found));
    REQUIRE(readings.size() == count);
    CHECK(readings.back().node == node_address{static_cast<std::uint16_t>(count - 1)});
    CHECK(parser.buffered() == 0);
  }
}

TEST_CASE("one node's reading is complete with its block, also a full one") {
  reply_parser parser;
  parser.expect({reply_shape::readings, gps});
  parser.feed(view_of(block(0, 255)));
  CHECK(std::holds_alternative<reply>(parser.next()));
}

TEST_CASE("blocks of readings without end are refused at 65,536 addresses") {
  reply_parser parser;
  parser.expect({reply_shape::batches, gps});
  auto full = block(0, 255);
  auto blocks = 0;
  auto found = reply_parser::outcome{incomplete{}};
  for (; blocks < 1000 && std::holds_alternative<incomplete>(found); ++blocks) {
    parser.feed(view_of(full));
    found = parser.next();
  }
  CHECK(blocks == 258); // 257 × 255 = 65,535; one block more is too many
  CHECK(std::holds_alternative<protocol_error>(found));
}

TEST_CASE("a failure in place of a further block is the reply") {
  reply_parser parser;
  parser.expect({reply_shape::batches, gps});
  parser.expect({reply_shape::batches, gps});
  parser.feed(view_of(block(0, 255) + refusal("Not Available") + block(7, 1)));
  CHECK(drain(parser) == "F Not Available; readings 7=; ");
}

TEST_CASE("what no gateway writes is an error with the first bytes that show it") {
  struct {
    expectation expected;
    std::string wire;
    std::string_view text;
  } cases[] = {
      {{}, "H", "a reply that begins neither with S nor with F"},
      {{reply_shape::listening, {}}, "S", "the gateway did not accept to listen"},
      {{reply_shape::listening, {}}, "[acx", "the gateway did not accept to listen"},
      {{reply_shape::accepted, {}}, "[ack]", "a reply that begins neither with S nor with F"},
      {{reply_shape::readings, gps},
       "STMP" + hex("0100"),
       "readings of a data type that was not asked for"},
      {{reply_shape::history, gps},
       "STMP" + hex("00"),
       "a history of a data type that was not asked for"},
      // 32 MiB and one byte
      {{reply_shape::json, {}}, "S" + hex("02000001"), "a JSON reply longer than 32 MiB"},
      // 253402300800000 ms: 10000-01-01
      {{reply_shape::history, gps},
       "SGPS" + hex("01 0000e677d21fdc00 00"),
       "a history with a time after the year 9999"},
  };
  for (const auto& one : cases) {
    reply_parser parser;
    parser.expect(one.expected);
    parser.feed(view_of(one.wire));
    CHECK(drain(parser) == "error: " + std::string{one.text});
  }
}

TEST_CASE("bytes without a request are an error, and an error stays") {
  reply_parser parser;
  parser.feed(view_of("S"));
  CHECK(drain(parser) == "error: bytes that no request asked for");
  parser.expect({});
  parser.feed(view_of("S"));
  CHECK(drain(parser) == "error: bytes that no request asked for");
}

TEST_CASE("bytes behind the acceptance of a stream are handed over") {
  reply_parser parser;
  parser.expect({reply_shape::listening, {}});
  parser.feed(view_of("[ack]" + hex("00") + "[MSG]"));
  CHECK(drain(parser).starts_with("listening; "));
  CHECK(text_of(parser.take_rest()) == "[MSG]");
  CHECK(parser.buffered() == 0);
}

TEST_CASE("what the gateway's dialect writes is what the client reads") {
  auto dialect = make_dialect("classic");
  const auto value = from_hex("0cd30f4ac9a1").value();
  std::vector<reply_reading> readings;
  for (std::uint16_t node = 1; node <= 255; ++node)
    readings.push_back({{node}, wall_time{std::chrono::milliseconds{1'700'000'000'000}}, value});
  bytes wire;
  dialect->append_success(wire);
  dialect->append_failure(wire, failure::mixed_data_lengths);
  dialect->append_readings(wire, gps, readings, true);
  dialect->append_history(wire, gps, readings);
  dialect->append_active_count(wire, 300);
  dialect->append_json(wire, "{}");
  dialect->append_listen_accepted(wire);
  reply_parser parser;
  for (auto shape :
       {reply_shape::accepted, reply_shape::accepted, reply_shape::batches, reply_shape::history,
        reply_shape::active_count, reply_shape::json, reply_shape::listening})
    parser.expect({shape, gps});
  parser.feed(wire);
  std::string all = "readings";
  std::string history = "history";
  for (auto node = 1; node <= 255; ++node) {
    all += " " + std::to_string(node) + "=0cd30f4ac9a1";
    history += " 1700000000000=0cd30f4ac9a1";
  }
  CHECK(drain(parser)
        == "accepted; F Mixed Data Lengths; " + all + "; " + history + "; 300; {}; listening; ");
}
