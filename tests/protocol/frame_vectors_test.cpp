#include "frame_decoding.hpp"
#include "naive_frame_decoder.hpp"
#include "wire_vectors.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace xylem;

namespace {

struct frame_vector {
  std::string name;
  bytes stream;
  decoder_setup setup;
  decoding expected;
};

reject_reason reason_of(const std::string& name) {
  for (std::size_t i = 0; i < reject_reasons; ++i)
    if (to_string(static_cast<reject_reason>(i)) == name)
      return static_cast<reject_reason>(i);
  throw std::runtime_error{"no such reason: " + name};
}

decoder_setup setup_of(const wire_vector& vector) {
  decoder_setup setup;
  for (const auto& setting : vector.settings) {
    auto words = words_of(setting);
    if (words.at(0) == "mask")
      setup.format.mask = parse_bytes(words.at(1)).at(0);
    else if (words.at(0) == "max_frame")
      setup.max_frame = std::stoul(words.at(1));
    else
      throw std::runtime_error{"no such setting: " + setting};
  }
  return setup;
}

void expect(const std::string& line, decoding& out) {
  auto words = words_of(line);
  const auto& word = words.at(0);
  if (word == "frame" || word == "console") {
    auto what = word == "frame" ? found_item::frame : found_item::console;
    out.items.push_back({what, parse_bytes(line.substr(word.size()))});
  } else if (word == "rejected") {
    auto index = static_cast<std::size_t>(reason_of(words.at(1)));
    out.counters.rejects[index] = std::stoul(words.at(2));
    out.counters.rejected_bytes[index] = std::stoul(words.at(3));
  } else if (word == "pending") {
    out.counters.pending_bytes = std::stoul(words.at(1));
  } else {
    throw std::runtime_error{"no such outcome: " + line};
  }
}

/// The sums that the vector does not say follow from what it says.
frame_vector compile(const wire_vector& vector) {
  frame_vector out{vector.name, vector.data, setup_of(vector), {}};
  for (const auto& line : vector.expected)
    expect(line, out.expected);
  auto& sums = out.expected.counters;
  sums.bytes_read = out.stream.size();
  sums.console_bytes = out.expected.console().size();
  sums.frames = out.expected.frames().size();
  auto others = sums.console_bytes + sums.pending_bytes;
  for (auto rejected : sums.rejected_bytes)
    others += rejected;
  sums.frame_bytes = out.stream.size() - others;
  return out;
}

const std::vector<frame_vector>& all_vectors() {
  static const auto vectors = [] {
    std::vector<frame_vector> out;
    for (const auto& vector : read_vectors("frames.txt"))
      out.push_back(compile(vector));
    return out;
  }();
  return vectors;
}

/// Every position of a short stream; of a long one every seventh, and those near its ends.
template <class Visit>
void each_position(const bytes& stream, Visit visit) {
  for (std::size_t i = 0; i < stream.size(); ++i)
    if (stream.size() < 200 || i < 20 || stream.size() - i < 20 || i % 401 == 0)
      visit(i);
}

const bytes last_words = bytes{*from_hex("ff6c617374fe")}; // a frame "last"

/// The bytes of `stream`, then a whole frame.
bytes followed(bytes stream) {
  append(stream, last_words);
  return stream;
}

std::vector<bytes> payloads(const std::vector<naive_frame>& frames) {
  std::vector<bytes> out;
  for (const auto& frame : frames)
    out.push_back(frame.payload);
  return out;
}

/// True when `all` holds every one of `some`, in order.
bool contains_in_order(const std::vector<bytes>& all, const std::vector<bytes>& some) {
  auto next = some.begin();
  for (const auto& frame : all)
    if (next != some.end() && frame == *next)
      ++next;
  return next == some.end();
}

/// What remains of the frames when the bytes from `begin` to `end` of the stream are not theirs.
std::vector<bytes> untouched(const frame_vector& vector, std::size_t begin, std::size_t end) {
  std::vector<bytes> out;
  for (const auto& frame :
       decode_naively(vector.stream, vector.setup.format, vector.setup.max_frame).frames)
    if (frame.end <= begin || frame.begin >= end)
      out.push_back(frame.payload);
  return out;
}

/// Nothing but the broken frame is lost, and every byte is accounted for.
void require_survives(const frame_vector& vector, const bytes& stream,
                      std::vector<bytes> expected) {
  auto result = decode_whole(followed(stream), vector.setup);
  expected.push_back(parse_bytes("\"last\""));
  REQUIRE(sums_agree(result.counters));
  REQUIRE(result.counters.pending_bytes == 0);
  REQUIRE(contains_in_order(result.frames(), expected));
  REQUIRE(result.frames().back() == expected.back());
}

} // namespace

TEST_CASE("every frame vector decodes to what it says") {
  for (const auto& vector : all_vectors()) {
    INFO(vector.name);
    auto result = decode_whole(vector.stream, vector.setup);
    CHECK(result.items == vector.expected.items);
    CHECK(result.counters == vector.expected.counters);
    CHECK(sums_agree(result.counters));
  }
}

TEST_CASE("a naive decoder says the same of every frame vector") {
  for (const auto& vector : all_vectors()) {
    INFO(vector.name);
    auto naive = decode_naively(vector.stream, vector.setup.format, vector.setup.max_frame);
    CHECK(payloads(naive.frames) == vector.expected.frames());
    CHECK(naive.console == vector.expected.console());
    CHECK(naive.counters == vector.expected.counters);
  }
}

TEST_CASE("where a frame vector is split changes nothing") {
  for (const auto& vector : all_vectors()) {
    INFO(vector.name);
    each_position(vector.stream, [&](std::size_t split) {
      auto first = true;
      auto result = decode_chunks(vector.stream, vector.setup, [&] {
        return std::exchange(first, false) ? split : vector.stream.size();
      });
      REQUIRE(result == vector.expected);
    });
    CHECK(decode_chunks(vector.stream, vector.setup, [] { return 1; }) == vector.expected);
  }
}

TEST_CASE("a chunk of nothing changes nothing") {
  frame_decoder decoder;
  decoding out;
  for (auto chunk : {"", "ff41", "", "42fe", ""})
    decode_chunk(decoder, *from_hex(chunk), out);
  CHECK(out.frames() == std::vector<bytes>{*from_hex("4142")});
  CHECK(sums_agree(out.counters));
}

TEST_CASE("a frame that stands alone is what the encoder writes") {
  auto compared = 0;
  for (const auto& vector : all_vectors()) {
    auto frames = vector.expected.frames();
    if (frames.size() != 1 || vector.expected.counters.frame_bytes != vector.stream.size())
      continue;
    INFO(vector.name);
    bytes wire;
    append_frame(wire, frames.front(), vector.setup.format);
    CHECK(wire == vector.stream);
    ++compared;
  }
  CHECK(compared > 10);
}

TEST_CASE("a stream that breaks off anywhere loses only the frame it breaks off in") {
  for (const auto& vector : all_vectors()) {
    INFO(vector.name);
    each_position(vector.stream, [&](std::size_t cut) {
      auto rest = bytes(vector.stream.begin(), vector.stream.begin() + static_cast<long>(cut));
      require_survives(vector, rest, untouched(vector, cut, vector.stream.size()));
      // And nothing is made up: a frame whose end is missing is no frame.
      auto frames = decode_whole(followed(rest), vector.setup).frames();
      REQUIRE(frames.size() == untouched(vector, cut, vector.stream.size()).size() + 1);
    });
  }
}

TEST_CASE("a bit that flips anywhere loses at most the frame it is in") {
  for (const auto& vector : all_vectors()) {
    INFO(vector.name);
    auto before = vector.expected.frames().size();
    each_position(vector.stream, [&](std::size_t position) {
      for (auto bit = 0; bit < 8; ++bit) {
        auto stream = vector.stream;
        stream[position] ^= std::byte{1} << bit;
        require_survives(vector, stream, untouched(vector, position, position + 1));
        // One bit can make one frame of noise, by its start or its end, and no more.
        REQUIRE(decode_whole(followed(stream), vector.setup).frames().size() <= before + 2);
      }
    });
  }
}

TEST_CASE("a byte that is lost anywhere loses at most the frame it was in") {
  for (const auto& vector : all_vectors()) {
    INFO(vector.name);
    each_position(vector.stream, [&](std::size_t position) {
      auto stream = vector.stream;
      stream.erase(stream.begin() + static_cast<long>(position));
      require_survives(vector, stream, untouched(vector, position, position + 1));
    });
  }
}

TEST_CASE("a byte that slips in anywhere loses at most the frame it is in") {
  for (const auto& vector : all_vectors()) {
    INFO(vector.name);
    each_position(vector.stream, [&](std::size_t position) {
      for (auto intruder : {0x00, 0x41, 0xF9, 0xFA, 0xFB, 0xFD, 0xFE, 0xFF}) {
        auto stream = vector.stream;
        stream.insert(stream.begin() + static_cast<long>(position),
                      static_cast<std::byte>(intruder));
        // Before the first byte of a frame nothing of it is broken, unless that byte opens one
        // of its own, which the frame's start then ends.
        std::vector<bytes> expected;
        for (const auto& frame :
             decode_naively(vector.stream, vector.setup.format, vector.setup.max_frame).frames)
          if (position <= frame.begin || position >= frame.end)
            expected.push_back(frame.payload);
        require_survives(vector, stream, expected);
      }
    });
  }
}

TEST_CASE("what a port took with it counts as truncated") {
  auto sums = decode_whole(*from_hex("ff41fa")).counters;
  sums.abandon_pending();
  CHECK(sums.pending_bytes == 0);
  CHECK(sums.rejects[static_cast<std::size_t>(reject_reason::truncated)] == 1);
  CHECK(sums.rejected_bytes[static_cast<std::size_t>(reject_reason::truncated)] == 3);
  CHECK(sums_agree(sums));
  sums.abandon_pending(); // nothing is left to abandon
  CHECK(sums.rejects[static_cast<std::size_t>(reject_reason::truncated)] == 1);
}

TEST_CASE("a frame whose message cannot be understood moves to the rejected ones") {
  auto sums = decode_whole(*from_hex("ff4142fe ff43fe")).counters;
  sums.reject_malformed(1, 4); // ff4142fe
  CHECK(sums.frames == 1);
  CHECK(sums.frame_bytes == 3);
  CHECK(sums.rejects[static_cast<std::size_t>(reject_reason::malformed)] == 1);
  CHECK(sums.rejected_bytes[static_cast<std::size_t>(reject_reason::malformed)] == 4);
  CHECK(sums_agree(sums));
}

TEST_CASE("the sums of two ports add up") {
  auto one = decode_whole(*from_hex("ff4142fe fe ff fffe 41")).counters;
  auto two = decode_whole(*from_hex("ff41fb ff43fe ff41")).counters;
  auto both = one;
  both += two;
  CHECK(both.bytes_read == one.bytes_read + two.bytes_read);
  CHECK(both.frames == 2);
  CHECK(both.pending_bytes == 2);
  CHECK(sums_agree(both));
}
