#pragma once

#include "protocol/bytes.hpp"
#include "protocol/limits.hpp"
#include "protocol/time.hpp"

namespace xylem {

/// lines = those that feed() answered + suppressed.
struct console_counters {
  std::uint64_t lines = 0;
  std::uint64_t suppressed = 0; ///< above the rate
  std::uint64_t cut = 0;        ///< longer than a line may be

  bool operator==(const console_counters&) const = default;
};

/// Turns what the root prints between frames into lines for people (wire §1). One a port; any
/// chunking gives the same lines. Memory is bounded by one line.
class console_splitter {
public:
  explicit console_splitter(
      std::size_t lines_per_second = limits::console_lines_per_second) noexcept;

  /// The lines that end in this chunk: without escape sequences, everything unprintable as `\xHH`,
  /// at most limits::console_line characters. Never more than the rate in any one second.
  std::vector<std::string> feed(bytes_view chunk, mono_time now);

  const console_counters& counters() const noexcept { return counters_; }

private:
  /// Where in an escape sequence (ECMA-48) the next byte is.
  enum class state : std::uint8_t { text, escape, control, string, string_escape };

  void take(char c);
  void add_text(char c);
  bool end_of_line(mono_time now);
  bool may_pass(mono_time now);

  std::size_t rate_;
  state state_ = state::text;
  std::string line_;
  bool is_cut_ = false;           // the rest of the line is skipped
  std::vector<mono_time> passed_; // the last rate_ lines: a ring, its oldest at next_
  std::size_t next_ = 0;
  console_counters counters_;
};

} // namespace xylem
