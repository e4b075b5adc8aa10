// What a gateway and its gate send each other (monitor §6): the frames are the same however the
// stream is split, and written again they are the stream, up to what is wrong.
#include "protocol/gate_frames.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace xylem;

std::vector<gate_frame> read_in_pieces(std::string_view stream, std::size_t piece, bool& broken) {
  gate_frame_reader reader;
  std::vector<gate_frame> frames;
  while (!stream.empty()) {
    reader.feed(stream.substr(0, piece));
    stream.remove_prefix(std::min(piece, stream.size()));
    while (auto frame = reader.next())
      frames.push_back(*std::move(frame));
  }
  broken = reader.broken();
  return frames;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view stream{reinterpret_cast<const char*>(data), size};
  auto broken = false, broken_in_pieces = false;
  auto frames = read_in_pieces(stream, std::max<std::size_t>(size, 1), broken);
  for (std::size_t piece : {1, 3, 14})
    require(read_in_pieces(stream, piece, broken_in_pieces) == frames
            && broken_in_pieces == broken);
  std::string again;
  for (const auto& each : frames)
    append_gate_frame(again, each.kind, each.id, each.body);
  require(stream.starts_with(again));
  return 0;
}
