#include "frame_decoding.hpp"
#include "naive_frame_decoder.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace xylem;

namespace {

using generator = std::mt19937_64;

std::size_t up_to(generator& random, std::size_t most) {
  return std::uniform_int_distribution<std::size_t>{0, most}(random);
}

/// `density` of 100 bytes need an escape.
bytes payload_of(generator& random, std::size_t size, std::size_t density) {
  bytes out(size);
  for (auto& byte : out)
    byte = static_cast<std::byte>(up_to(random, 99) < density ? 0xFA + up_to(random, 5)
                                                              : up_to(random, 0xF9));
  return out;
}

/// Bytes as a sick line has them: delimiters are as frequent as anything else.
bytes noise(generator& random, std::size_t size) {
  bytes out(size);
  for (auto& byte : out) {
    auto drawn = up_to(random, 1023);
    byte = static_cast<std::byte>(drawn < 256 ? drawn : drawn < 512 ? 0xFA + drawn % 6 : drawn % 8);
  }
  return out;
}

constexpr auto masks = {std::byte{0xFA}, std::byte{0xFF}};

} // namespace

TEST_CASE("a million random bytes in random chunks are each in exactly one sum") {
  generator random{20'260'131};
  bytes stream(1'000'000);
  for (auto& byte : stream)
    byte = static_cast<std::byte>(random());
  auto whole = decode_whole(stream);
  CHECK(whole.counters.bytes_read == 1'000'000);
  CHECK(sums_agree(whole.counters));
  auto chunked = decode_chunks(stream, {}, [&] { return up_to(random, 300); });
  CHECK(chunked == whole);
  CHECK(whole.counters.frames > 100); // or else the stream said little
  for (auto reason :
       {reject_reason::truncated, reject_reason::stray_end, reject_reason::bad_escape})
    CHECK(whole.counters.rejects[static_cast<std::size_t>(reason)] > 100);
}

TEST_CASE("of noise full of delimiters the decoder says what a naive one says, in any chunks") {
  generator random{7};
  for (auto round = 0; round < 400; ++round) {
    INFO("round " << round);
    decoder_setup setup{{std::data(masks)[round % 2]}, round % 4 < 2 ? 9u : 40u};
    auto stream = noise(random, 1 + up_to(random, 2'000));
    auto naive = decode_naively(stream, setup.format, setup.max_frame);
    auto largest = 1 + up_to(random, 60);
    auto result = decode_chunks(stream, setup, [&] { return up_to(random, largest); });
    auto frames = result.frames();
    REQUIRE(frames.size() == naive.frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i)
      REQUIRE(frames[i] == naive.frames[i].payload);
    REQUIRE(result.console() == naive.console);
    REQUIRE(result.counters == naive.counters);
    REQUIRE(sums_agree(result.counters));
  }
}

TEST_CASE("any payload comes back from any chunks, with both masks and as many escapes as may be") {
  generator random{11};
  for (auto mask : masks)
    for (auto density : {0u, 1u, 10u, 50u, 100u})
      for (auto size : {1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 255, 1024, 4095, 4096}) {
        INFO("density " << density << ", size " << size);
        auto payload = payload_of(random, static_cast<std::size_t>(size), density);
        bytes wire;
        append_frame(wire, payload, {mask});
        for (std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{64}, wire.size()}) {
          auto result = decode_chunks(wire, {{mask}}, [&] { return chunk; });
          REQUIRE(result.items == std::vector<found_item>{{found_item::frame, payload}});
          REQUIRE(result.counters.frame_bytes == wire.size());
        }
      }
}

TEST_CASE("a frame holds start and end only where it starts and ends") {
  generator random{13};
  for (auto mask : masks) {
    bytes wire;
    append_frame(wire, payload_of(random, 4'096, 50), {mask});
    CHECK(wire.front() == framing::start);
    CHECK(wire.back() == framing::end);
    auto inside = bytes_view{wire}.subspan(1, wire.size() - 2);
    CHECK(std::ranges::none_of(inside, [](std::byte byte) { return byte > framing::escape; }));
  }
}

TEST_CASE("a long run of frames comes back in order, whatever the port's reads were") {
  generator random{17};
  std::vector<bytes> sent;
  bytes wire;
  for (auto i = 0; i < 500; ++i) {
    sent.push_back(payload_of(random, 1 + up_to(random, 80), 20));
    append_frame(wire, sent.back());
  }
  for (std::size_t chunk = 1; chunk < 40; ++chunk)
    REQUIRE(decode_chunks(wire, {}, [&] { return chunk; }).frames() == sent);
}

TEST_CASE("the wire size of a frame counts its delimiters and escapes") {
  frame_decoder decoder;
  auto wire = *from_hex("7878 ff41fa0542fe");
  decoder.feed(wire);
  CHECK(std::holds_alternative<console_view>(decoder.next()));
  auto next = decoder.next();
  REQUIRE(std::holds_alternative<frame_view>(next));
  CHECK(std::get<frame_view>(next).wire_size == 6);
  CHECK(text_of(std::get<frame_view>(next).payload)
        == "A\xFF"
           "B");
}

TEST_CASE("console text is handed out when it comes, not when its line ends") {
  frame_decoder decoder;
  decoding out;
  decode_chunk(decoder, view_of("bo"), out);
  CHECK(text_of(out.console()) == "bo");
  CHECK(out.counters.pending_bytes == 0);
}
