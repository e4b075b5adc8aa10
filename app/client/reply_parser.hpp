#pragma once

#include "protocol/bytes.hpp"
#include "protocol/node.hpp"
#include "protocol/time.hpp"

#include <deque>
#include <optional>
#include <variant>
#include <vector>

namespace xylem::client {

/// Longest JSON document that is taken from a gateway: every address of a mesh, described.
inline constexpr std::size_t max_json = 32 * 1024 * 1024;

/// The layouts of wire §4; every one may be an `F` reply instead.
enum class reply_shape : std::uint8_t {
  accepted,     ///< `S`
  readings,     ///< one block of readings
  batches,      ///< blocks of readings, the last with n < 255
  history,      ///< newest first
  active_count, ///< `S | count(2)`
  json,         ///< `S | length(4) | JSON`
  listening,    ///< `[ack] | 00`
};

/// What the next reply must look like: replies do not say it themselves.
struct expectation {
  reply_shape shape = reply_shape::accepted;
  type_code code{}; ///< of readings, batches and history
};

struct reading {
  node_address node;
  bytes data;

  bool operator==(const reading&) const = default;
};

struct history_point {
  wall_time time;
  bytes data;

  bool operator==(const history_point&) const = default;
};

struct accepted {};
struct listening {};

struct active_count {
  std::uint16_t value;
};

struct json_text {
  std::string text;
};

struct failure_reply {
  std::string text;
};

using reply = std::variant<accepted, std::vector<reading>, std::vector<history_point>, active_count,
                           json_text, listening, failure_reply>;

struct incomplete {};

struct protocol_error {
  std::string_view text; ///< a literal
};

/// Turns the bytes of a connection into replies, in the order of their requests; any chunking
/// gives the same replies. After a protocol_error it stays failed: the stream has lost its step.
/// Not thread-safe.
class reply_parser {
public:
  using outcome = std::variant<incomplete, reply, protocol_error>;

  void expect(expectation next) { expected_.push_back(next); }
  void feed(bytes_view chunk);
  outcome next();

  /// Requests whose reply has not been handed out.
  std::size_t waiting() const noexcept { return expected_.size(); }

  /// Bytes that no reply has consumed yet.
  std::size_t buffered() const noexcept { return buffer_.size() - start_; }

  /// Hands over the bytes behind the last reply: the beginning of a stream.
  bytes take_rest();

private:
  outcome parse(byte_reader& in);
  outcome parse_success(byte_reader& in);
  outcome parse_readings(byte_reader& in);
  outcome parse_history(byte_reader& in) const;
  bytes_view rest() const noexcept { return bytes_view{buffer_}.subspan(start_); }
  void consume(std::size_t count);

  std::deque<expectation> expected_;
  std::vector<reading> readings_; // of the batches that are complete, while more follow
  bytes buffer_;
  std::size_t start_ = 0;
  std::optional<protocol_error> failed_;
};

} // namespace xylem::client
