#include "protocol/gate_frames.hpp"
#include "monitor_vectors.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace xylem;

namespace {

std::string bytes_of(const std::string& hex) {
  return std::string{text_of(from_hex(hex).value())};
}

std::string made(gate_frame_kind kind, std::uint64_t id, std::string_view body) {
  std::string out;
  append_gate_frame(out, kind, id, body);
  return out;
}

std::vector<gate_frame> all(gate_frame_reader& reader) {
  std::vector<gate_frame> out;
  while (auto frame = reader.next())
    out.push_back(*std::move(frame));
  return out;
}

bool breaks(const std::string& hex) {
  gate_frame_reader reader;
  reader.feed(bytes_of(hex));
  return !reader.next() && reader.broken();
}

const std::vector<gate_frame> conversation{
  {gate_frame_kind::configure, 0, "{}"},  {gate_frame_kind::answer, 7, std::string(300, 'a')},
  {gate_frame_kind::feed, 0, "page"},     {gate_frame_kind::end, 0, ""},
  {gate_frame_kind::listening, 0, "12"},  {gate_frame_kind::question, 8, "who"},
  {gate_frame_kind::follow, 0, "from"},   {gate_frame_kind::more, 0, "2"},
  {gate_frame_kind::replay, 9, "cursor"}, {gate_frame_kind::state, 0, "{}"},
  {gate_frame_kind::log, 0, "line"},
};

std::string stream() {
  std::string out;
  for (const auto& each : conversation)
    append_gate_frame(out, each.kind, each.id, each.body);
  return out;
}

} // namespace

TEST_CASE("gate: a frame is its length, kind, id and body") {
  CHECK(made(gate_frame_kind::replay, 0x0102, "hi")
        == bytes_of("0000000b"            // length of what follows
                    "85"                  // replay
                    "0000000000000102"    // id
                    "6869"));             // body
}

TEST_CASE("gate: frames of every kind come as they were sent") {
  gate_frame_reader reader;
  reader.feed(stream());
  CHECK(all(reader) == conversation);
  CHECK_FALSE(reader.broken());
}

TEST_CASE("gate: frames are the same at every split point") {
  auto whole = stream();
  for (std::size_t at = 0; at <= whole.size(); ++at) {
    gate_frame_reader reader;
    reader.feed(std::string_view{whole}.substr(0, at));
    auto frames = all(reader);
    reader.feed(std::string_view{whole}.substr(at));
    for (auto& each : all(reader))
      frames.push_back(std::move(each));
    REQUIRE(frames == conversation);
  }
}

TEST_CASE("gate: frames are the same byte by byte, and when nobody takes them in between") {
  gate_frame_reader slow, late;
  std::vector<gate_frame> frames;
  for (auto c : stream()) {
    slow.feed({&c, 1});
    late.feed({&c, 1});
    if (auto frame = slow.next())
      frames.push_back(*std::move(frame));
  }
  CHECK(frames == conversation);
  CHECK(all(late) == conversation);
}

TEST_CASE("gate: a length below that of kind and id, or above the bound, is wrong") {
  CHECK(breaks("00000000"));
  CHECK(breaks("00000008 01 00000000000000"));
  CHECK(breaks("00100041"));
  CHECK(breaks("ffffffff"));
  CHECK_FALSE(breaks("00000009 04 0000000000000000"));
  CHECK_FALSE(breaks("00100040"));
}

TEST_CASE("gate: a kind that nobody knows is wrong as soon as it is there") {
  for (auto kind : {"00", "05", "7f", "80", "88", "ff"}) {
    CAPTURE(kind);
    CHECK(breaks(std::string{"00000009"} + kind));
  }
}

TEST_CASE("gate: what is wrong once is wrong for ever, though the frames before it are given out") {
  gate_frame_reader reader;
  reader.feed(made(gate_frame_kind::end, 1, "") + bytes_of("00000000"));
  CHECK(reader.next() == gate_frame{gate_frame_kind::end, 1, ""});
  CHECK_FALSE(reader.next());
  CHECK(reader.broken());
  reader.feed(made(gate_frame_kind::end, 2, ""));
  CHECK_FALSE(reader.next());
}

TEST_CASE("gate: the longest frame passes") {
  gate_frame_reader reader;
  std::string body(gate_frame_bytes - 9, 'x');
  reader.feed(made(gate_frame_kind::answer, 3, body));
  auto frame = reader.next();
  REQUIRE(frame);
  CHECK(frame->body == body);
}

TEST_CASE("gate: no bit that is wrong crashes the reader") {
  auto whole = stream();
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    auto harmed = whole;
    harmed[bit / 8] = static_cast<char>(harmed[bit / 8] ^ (1 << bit % 8));
    gate_frame_reader reader;
    reader.feed(harmed);
    REQUIRE(all(reader).size() <= 20 * conversation.size());
  }
}

TEST_CASE("gate: a question is who asks, what for, and the message") {
  gate_question asked{"office", question_kind::ping, encode(ping_vector().what)};
  auto hex = "00000006 6f6666696365" // who
             "05"                    // ping
             "0102030405060708";     // the message
  CHECK(encode(asked) == bytes_of(hex));
  CHECK(decode<gate_question>(bytes_of(hex)) == asked);
  for (std::size_t size = 0; size < 11; ++size)
    CHECK_FALSE(decode<gate_question>(std::string_view{encode(asked)}.substr(0, size)));
  CHECK(decode<gate_question>(bytes_of(hex).substr(0, 11))->body.empty());
  CHECK_FALSE(decode<gate_question>(bytes_of("00000001 6f 06")));
}

TEST_CASE("gate: who follows from nowhere gets only what is new") {
  gate_follow follow{.pages = 8};
  CHECK(encode(follow) == bytes_of("00 00000008"));
  CHECK(decode<gate_follow>(encode(follow)) == follow);
}
