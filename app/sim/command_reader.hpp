#pragma once

#include "app/sim/sim_options.hpp"
#include "protocol/frame.hpp"

namespace xylem {

/// What the root found in one go.
struct command_block {
  sim_time when{};           ///< when the root looked
  std::vector<bytes> frames; ///< the payloads
  bool half_message = false; ///< a frame had begun and its end was not there
};

/// Reads what the gateway writes as the field's root does: a block is 1,024 bytes, or what came
/// until one second of silence; a frame that crosses the end of a block is lost. Or, as the other
/// kind, frame by frame.
class command_reader {
public:
  static constexpr std::size_t block_size = 1024;
  static constexpr sim_time silence = 1s;

  explicit command_reader(reader_kind kind) : kind_{kind} {}

  /// The blocks that `written` completes; one that had become due before `now` comes first.
  std::vector<command_block> feed(bytes_view written, sim_time now);

  /// When the pending block becomes due.
  std::optional<sim_time> deadline() const noexcept;

  /// The pending block when its time has come.
  std::optional<command_block> expire(sim_time now);

  /// The root restarted: what it had read is gone.
  void reset();

  /// Frames that crossed the mark of a full block.
  std::uint64_t lost_at_mark() const noexcept { return lost_at_mark_; }

private:
  command_block scan(sim_time when);

  reader_kind kind_;
  bytes pending_;
  sim_time last_byte_{};
  frame_decoder stream_; // of the immediate kind
  std::uint64_t lost_at_mark_ = 0;
};

} // namespace xylem
