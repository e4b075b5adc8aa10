// Any bytes on the UART (wire §1). Input: mask, bound and chunks (a byte each), then the stream.
#include "tests/fuzz/require.hpp"
#include "tests/protocol/frame_decoding.hpp"
#include "tests/protocol/naive_frame_decoder.hpp"

namespace {

using namespace xylem;

/// What a decoder says is what the naive one says.
void require_same(const decoding& found, const naive_decoding& naive) {
  require(found.counters == naive.counters);
  require(found.console() == naive.console);
  auto frames = found.frames();
  require(frames.size() == naive.frames.size());
  for (std::size_t i = 0; i < frames.size(); ++i)
    require(frames[i] == naive.frames[i].payload);
}

/// Chunks of sizes that `seed` draws.
decoding decode_drawn(bytes_view stream, const decoder_setup& setup, unsigned seed) {
  return decode_chunks(stream, setup, [&seed] {
    seed = seed * 1'103'515'245 + 12'345;
    return (seed >> 16) % 24;
  });
}

void require_comes_back(bytes_view payload, const decoder_setup& setup) {
  if (payload.empty() || payload.size() > setup.max_frame)
    return;
  bytes wire;
  append_frame(wire, payload, setup.format);
  auto found = decode_whole(wire, setup);
  require(found.items == std::vector<found_item>{{found_item::frame, copy_of(payload)}});
  require(found.counters.frame_bytes == wire.size());
}

void decode(bytes_view stream, const decoder_setup& setup, unsigned seed) {
  auto whole = decode_whole(stream, setup);
  require(sums_agree(whole.counters));
  require_same(whole, decode_naively(stream, setup.format, setup.max_frame));
  require(decode_chunks(stream, setup, [] { return 1; }) == whole);
  require(decode_drawn(stream, setup, seed) == whole);
  for (const auto& frame : whole.frames())
    require_comes_back(frame, setup);
  require_comes_back(stream, setup);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t head = 3;
  if (size < head)
    return 0;
  decoder_setup setup;
  setup.format.mask = data[0] % 2 == 0 ? std::byte{0xFA} : std::byte{0xFF};
  setup.max_frame = data[1] == 0 ? limits::max_frame : data[1];
  decode(std::as_bytes(std::span{data, size}).subspan(head), setup, data[2]);
  return 0;
}
