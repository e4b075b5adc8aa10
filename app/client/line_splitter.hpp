#pragma once

#include "protocol/bytes.hpp"

namespace xylem::client {

/// Longest line of an event stream: an event of the longest frame, as hex and as escaped text.
inline constexpr std::size_t max_line = 256 * 1024;

/// Splits an event stream into its lines; any chunking gives the same lines.
class line_splitter {
public:
  void feed(bytes_view chunk) { buffer_ += text_of(chunk); }

  /// The next line without its end; empty lines are skipped.
  std::optional<std::string> next();

  /// The open line is longer than any that a gateway writes.
  bool overflown() const noexcept { return buffer_.size() - start_ > max_line; }

private:
  std::string buffer_;
  std::size_t start_ = 0;   // of the open line
  std::size_t scanned_ = 0; // no line end before it
};

} // namespace xylem::client
