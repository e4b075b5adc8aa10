#pragma once

#include "protocol/monitor_messages.hpp"

namespace xylem {

/// What travels between a gateway and its gate (monitor §6).
enum class gate_frame_kind : std::uint8_t {
  configure = 1, ///< to the gate from here on
  answer,
  feed,
  end,
  listening = 0x81, ///< to the gateway from here on
  question,
  follow,
  more,
  replay,
  state,
  log,
};

/// What a question asks: a message of monitor §3.
enum class question_kind : std::uint8_t {
  hello,
  nodes,
  report,
  command,
  command_state,
  ping,
};

struct gate_frame {
  gate_frame_kind kind{};
  std::uint64_t id = 0;
  std::string body{};

  bool operator==(const gate_frame&) const = default;
};

inline constexpr std::size_t gate_frame_bytes = 1024 * 1024 + 64;

void append_gate_frame(std::string& out, gate_frame_kind kind, std::uint64_t id,
                       std::string_view body);

/// Splits what comes from the other side into frames. One a direction; what is wrong once is wrong
/// for ever. Not thread-safe.
class gate_frame_reader {
public:
  void feed(std::string_view received);

  /// Nothing: more is needed, or it is broken().
  std::optional<gate_frame> next();

  bool broken() const noexcept { return broken_; }

private:
  std::optional<gate_frame> fail() noexcept;

  std::string buffer_;
  std::size_t read_ = 0;
  bool broken_ = false;
};

struct gate_question {
  std::string who{}; ///< the name in the certificate
  question_kind kind{};
  std::string body{}; ///< encoded

  bool operator==(const gate_question&) const = default;
};

struct gate_follow {
  std::optional<cursor> from{};
  std::uint32_t pages = 0;

  bool operator==(const gate_follow&) const = default;
};

/// Asks for one page behind a cursor that the gate's memory does not have any more.
struct gate_replay {
  cursor from{};
  subscriber_filter filter{};
  std::uint32_t max_events = 0;

  bool operator==(const gate_replay&) const = default;
};

struct gate_listening {
  std::uint16_t port = 0;

  bool operator==(const gate_listening&) const = default;
};

/// Grants more pages of the feed.
struct gate_more {
  std::uint32_t pages = 0;

  bool operator==(const gate_more&) const = default;
};

inline constexpr std::size_t longest_gate_line = 1024;

/// A line for the log of the gateway, which decides what `level` means.
struct gate_line {
  std::uint8_t level = 0;
  std::string text{};

  bool operator==(const gate_line&) const = default;
};

// As those of monitor_messages.hpp; decode() is theirs.
std::string encode(const gate_question& what);
std::string encode(const gate_follow& what);
std::string encode(const gate_replay& what);
std::string encode(const gate_listening& what);
std::string encode(const gate_more& what);
std::string encode(const gate_line& what);

} // namespace xylem
