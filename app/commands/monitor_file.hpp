#pragma once

#include "actors/file_descriptor.hpp"
#include "protocol/event.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace xylem {

/// The file of `xylem monitor --append`: lines of JSON, and by them where each gateway goes on.
/// What is killed at any moment loses and repeats nothing: an event and its position are one line,
/// and a line that was not finished is cut off. Locked as long as this lives. Not thread-safe.
class monitor_file {
public:
  /// All lines that tell positions are within so many bytes of the end. What is read at the start.
  static constexpr std::uint64_t window = 8 * 1024 * 1024;

  /// A gateway's position is written again before its last line is farther away from the end.
  static constexpr std::uint64_t repeated_each = 1024 * 1024;

  /// A gateway whose events have no lines gets one that tells its position, this often at most.
  static constexpr std::chrono::seconds position_period{60};

  static constexpr std::size_t most_gateways = 1024;

  /// Makes it when there is none. Throws std::runtime_error when it cannot be used: it is not such
  /// a file, or somebody else writes it.
  explicit monitor_file(std::string path);

  /// Where to go on, by gateway.
  std::map<std::string, cursor> positions() const;

  /// The line of an event, with its end. Throws std::runtime_error, and has not taken it, while
  /// what was taken before cannot be written.
  void add(std::string_view gateway, cursor reached, std::string_view line);

  /// A line that tells no position; it is left out while nothing can be written.
  void add(std::string_view line);

  /// Everything up to here is in the file or needs no line. Writes what was taken; throws
  /// std::runtime_error when that fails, and keeps it.
  void progress(std::string_view gateway, cursor reached, instant now);

  /// Now and then: writes what could not be written. Whether everything is.
  bool tick(instant now);

  /// Every position is in the file then.
  bool finish(instant now);

  /// Why it cannot be written; empty: it can.
  const std::string& problem() const noexcept { return problem_; }

private:
  struct followed {
    cursor reached{};
    cursor told{};        // by a line
    std::uint64_t at = 0; // where that line is
    mono_time since{};    // `told` may be older than `reached` since then
  };

  void open();
  std::string read_end();
  void tell_position(const std::string& name, followed& which, instant now);
  void tell_old_positions(instant now);
  void notice_truncation();
  bool flush();
  [[noreturn]] void fail(const std::string& what) const;

  std::string path_;
  file_descriptor file_;
  std::uint64_t size_ = 0; // with pending_
  std::string pending_;
  std::map<std::string, followed, std::less<>> gateways_;
  std::string problem_;
};

} // namespace xylem
