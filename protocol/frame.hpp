#pragma once

#include "protocol/bytes.hpp"
#include "protocol/limits.hpp"

#include <array>
#include <variant>

namespace xylem {

/// The bytes that delimit frames on the UART (wire §1). The mask belongs to the dialect (§5).
struct framing {
  static constexpr std::byte start{0xFF};
  static constexpr std::byte end{0xFE};
  static constexpr std::byte escape{0xFA}; ///< this and all above are never sent bare in a frame

  std::byte mask{0xFA};
};

/// Appends one frame that carries `payload`.
void append_frame(bytes& out, bytes_view payload, framing format = {});

/// Why bytes of the UART were not handled as a frame.
enum class reject_reason : std::uint8_t {
  truncated,  ///< a frame began inside it
  stray_end,  ///< an end byte outside of a frame
  bad_escape, ///< an escape without its partner, or a reserved byte
  oversize,   ///< longer than `max_frame`
  empty,      ///< nothing between start and end
  malformed,  ///< a whole frame whose message cannot be understood (§2)
};

inline constexpr std::size_t reject_reasons = 6;

std::string_view to_string(reject_reason reason) noexcept;

/// Every byte that was read is in exactly one of the sums.
struct frame_counters {
  std::uint64_t bytes_read = 0;
  std::uint64_t frames = 0;
  std::uint64_t frame_bytes = 0;   ///< wire bytes of the frames, delimiters included
  std::uint64_t console_bytes = 0; ///< outside of frames
  std::uint64_t pending_bytes = 0; ///< of the frame that is still open
  std::array<std::uint64_t, reject_reasons> rejects{};        ///< how often, by reject_reason
  std::array<std::uint64_t, reject_reasons> rejected_bytes{}; ///< wire bytes, by reject_reason

  /// Takes a frame back that was decoded, but whose message nobody can read.
  void reject_malformed(std::uint64_t count, std::uint64_t wire_bytes) noexcept;

  /// The rest of the open frame will never come: its port is gone.
  void abandon_pending() noexcept;

  frame_counters& operator+=(const frame_counters& other) noexcept;

  bool operator==(const frame_counters&) const = default;
};

struct need_more {};

/// The decoded payload of one frame.
struct frame_view {
  bytes_view payload;
  std::size_t wire_size; ///< bytes on the wire, delimiters and escapes included
};

/// A run of bytes outside of frames.
struct console_view {
  bytes_view text;
};

/// Splits a byte stream into frames and console text (wire §1); any chunking gives the same
/// frames. One a port; not thread-safe. Rejects are counted, never reported one by one.
/// A view lives until the next call of feed() or next(), and no longer than its chunk.
class frame_decoder {
public:
  explicit frame_decoder(framing format = {}, std::size_t max_frame = limits::max_frame);

  /// Hands over the next chunk; `chunk` must live until next() has answered need_more.
  void feed(bytes_view chunk) noexcept;

  /// The next thing found in the chunk.
  std::variant<need_more, frame_view, console_view> next();

  const frame_counters& counters() const noexcept { return counters_; }

private:
  enum class state : std::uint8_t {
    outside, ///< console text
    inside,  ///< a frame
    escaped, ///< a frame, right after an escape
    skipping ///< what is left of a broken frame, up to its end or the next start
  };

  std::optional<console_view> read_console() noexcept;
  std::optional<frame_view> read_frame() noexcept;
  void skip_broken() noexcept;

  void begin_frame() noexcept;
  frame_view end_frame(bytes_view payload) noexcept;
  bool store_run() noexcept;
  bool unescape(std::byte masked) noexcept;
  void reject(reject_reason reason) noexcept;
  void consume(std::size_t count) noexcept;

  framing format_;
  bytes payload_; // filled_ of them are valid; longer than max_frame_ by what one store may write
  std::size_t max_frame_;
  std::size_t filled_ = 0;
  std::size_t open_bytes_ = 0; // wire bytes of the frame that is being read
  bytes_view chunk_;
  state state_ = state::outside;
  reject_reason broken_by_ = reject_reason::bad_escape; // of the frame that is being skipped
  frame_counters counters_;
};

} // namespace xylem
