#include "app/sim/command_reader.hpp"

namespace xylem {

namespace {

std::vector<bytes> frames_of(frame_decoder& decoder, bytes_view chunk) {
  std::vector<bytes> frames;
  decoder.feed(chunk);
  for (auto found = decoder.next(); !std::holds_alternative<need_more>(found);
       found = decoder.next())
    if (const auto* frame = std::get_if<frame_view>(&found))
      frames.push_back(copy_of(frame->payload));
  return frames;
}

} // namespace

std::vector<command_block> command_reader::feed(bytes_view written, sim_time now) {
  std::vector<command_block> blocks;
  if (written.empty())
    return blocks;
  if (kind_ == reader_kind::immediate) {
    blocks.push_back({now, frames_of(stream_, written), false});
    return blocks;
  }
  if (auto earlier = expire(now))
    blocks.push_back(std::move(*earlier));
  last_byte_ = now;
  while (!written.empty()) {
    auto taken = std::min(written.size(), block_size - pending_.size());
    append(pending_, written.first(taken));
    written = written.subspan(taken);
    if (pending_.size() == block_size) {
      blocks.push_back(scan(now));
      lost_at_mark_ += blocks.back().half_message ? 1 : 0;
    }
  }
  return blocks;
}

std::optional<sim_time> command_reader::deadline() const noexcept {
  if (pending_.empty())
    return std::nullopt;
  return last_byte_ + silence;
}

std::optional<command_block> command_reader::expire(sim_time now) {
  auto due = deadline();
  if (!due || *due > now)
    return std::nullopt;
  return scan(*due);
}

void command_reader::reset() {
  pending_.clear();
  stream_ = frame_decoder{};
}

command_block command_reader::scan(sim_time when) {
  frame_decoder decoder;
  command_block block{when, frames_of(decoder, pending_), false};
  block.half_message = decoder.counters().pending_bytes > 0;
  pending_.clear();
  return block;
}

} // namespace xylem
