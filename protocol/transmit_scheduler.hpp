#pragma once

#include "protocol/bytes.hpp"
#include "protocol/event.hpp"

#include <deque>

namespace xylem {

/// How commands are put on the UART. The field's root reads "1,024 bytes or one second of
/// silence" and loses a frame that crosses the mark.
enum class transmit_profile : std::uint8_t {
  stream, ///< at once
  gap,    ///< bursts of at most 1,024 bytes of whole frames, then 1.05 s of silence
  block,  ///< as gap, but a burst is padded with 00 to 1,024 bytes, so the root acts on it at once
};

std::string_view to_string(transmit_profile profile) noexcept;
std::optional<transmit_profile> parse_transmit_profile(std::string_view text);

/// How fast bytes leave the UART: a write returns when the kernel has them, not the wire.
struct wire_rate {
  std::uint32_t bytes_per_second = 11'520; ///< at least 1

  /// 8N1: ten bits a byte.
  static constexpr wire_rate of_baud(std::uint32_t baud) noexcept {
    return {std::max(baud, 10u) / 10};
  }

  mono_time::duration time_for(std::size_t count) const noexcept;
};

/// Decides which bytes go to the port and when. Owned by the uart actor; one write at a time.
/// It never refuses a frame: who enqueues has bounded them (the command ledger).
class transmit_scheduler {
public:
  /// The root acts when it has read this many bytes.
  static constexpr std::size_t burst_size = 1024;

  /// The root's second of silence, and 50 ms for what its timer and ours may be off.
  static constexpr std::chrono::milliseconds silence{1050};

  /// Of `block`: a byte lost on the wire shifts every later block against the root's mark until it
  /// sees a silence, so this many blocks (2.8 s at 115200 baud) in a row are followed by one.
  static constexpr std::size_t blocks_in_a_row = 32;

  transmit_scheduler(transmit_profile profile, wire_rate rate) noexcept;

  /// The port may hold bytes that an earlier owner wrote: the first burst waits for a silence.
  void port_opened(mono_time now) noexcept;

  /// `wire_frame` is a whole frame, delimiters included.
  void enqueue(command_id id, bytes wire_frame);

  /// True when the command was waiting and will not be written; one in a burst goes out.
  bool cancel(command_id id);

  /// What to write now. Empty until the last answer was reported by wrote(), and while a silence
  /// lasts. The view lives until that call of wrote().
  bytes_view next(mono_time now);

  /// The port took the first `count` bytes of what next() gave, perhaps none: the commands whose
  /// last byte was among them.
  std::vector<command_id> wrote(std::size_t count, mono_time now);

  /// When next() will have something, perhaps in the past; nothing when that takes a call of
  /// enqueue() or wrote() first.
  std::optional<mono_time> wake_at() const noexcept;

  /// True while the port has not taken all that next() gave.
  bool is_writing() const noexcept { return writing_; }

  /// Of the commands in the burst that next() gave, those whose last byte the port has not taken.
  std::vector<command_id> unfinished() const;

  /// It waits, or is in the burst.
  bool knows(command_id id) const noexcept;

  /// Not yet in a burst.
  std::size_t waiting_commands() const noexcept { return waiting_.size(); }
  std::size_t waiting_bytes() const noexcept { return waiting_bytes_; }

private:
  /// Before any reading of the clock, and safe to subtract.
  static constexpr mono_time long_ago{std::chrono::hours{-1}};

  struct waiting_frame {
    command_id id;
    bytes frame;
  };

  struct frame_end {
    command_id id;
    std::size_t offset; // of the byte after the frame in burst_
  };

  void begin_burst(mono_time now);
  mono_time ready_at() const noexcept;

  transmit_profile profile_;
  wire_rate rate_;
  std::deque<waiting_frame> waiting_;
  std::size_t waiting_bytes_ = 0;
  bytes burst_;
  std::deque<frame_end> unfinished_;  // frames of burst_ not yet written in full
  std::size_t sent_ = 0;              // bytes of burst_ that went to the port
  bool writing_ = false;              // next() gave bytes, wrote() has not come yet
  mono_time wire_idle_at_ = long_ago; // the last burst's last byte has left the UART
  std::size_t bursts_in_a_row_ = 0;   // without a silence between them
};

} // namespace xylem
