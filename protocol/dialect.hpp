#pragma once

#include "protocol/command.hpp"
#include "protocol/failure.hpp"
#include "protocol/frame.hpp"
#include "protocol/root_message.hpp"

#include <memory>

namespace xylem {

enum class request_kind : std::uint8_t {
  get,          ///< node, code
  history,      ///< node, code, max
  command,      ///< command
  answer,       ///< node, payload: a `send` whose message is `<R>` and the payload
  active_count,
  node_status,
  listen,       ///< the connection becomes a listening one
};

/// One request of a client (wire §4). The payload points into the session's buffer.
struct client_request {
  request_kind kind = request_kind::get;
  command_kind command = command_kind::network_info;
  node_address node{};
  type_code code{};
  std::uint8_t max = 0;
  bytes_view payload{};
};

enum class parse_status : std::uint8_t {
  complete,   ///< request and consumed are valid
  need_more,  ///< a valid beginning
  open_ended, ///< a request without length of its own: it ends as parse_open_ended() is called
  failed,     ///< failure says why; the connection cannot be resynchronised
};

struct parse_result {
  parse_status status = parse_status::need_more;
  client_request request{};
  std::size_t consumed = 0;
  failure reason{};
};

/// One node's reading in a `[GET]` reply, or one point of a history.
struct reply_reading {
  node_address node;
  wall_time time;
  bytes_view data;
};

/// How one kind of root and its clients speak (wire §5): data and two codecs without state.
/// Thread-safe, shared by the actors of a mesh. Nothing elsewhere asks which dialect runs.
class dialect {
public:
  virtual ~dialect() = default;

  // -- the root's side (wire §1 to §3)

  virtual framing uart_framing() const noexcept = 0;

  /// Fills `out` with what the frame's payload says; a payload nobody can read is `malformed`.
  virtual void parse_root(bytes_view payload, const data_type_registry& types,
                          root_message& out) const = 0;

  /// The payload of the frame that carries the command.
  virtual bytes encode_command(const command& what) const = 0;

  // -- the clients' side (wire §4)

  /// The first request in `input`, which is not empty.
  virtual parse_result parse_request(bytes_view input) const = 0;

  /// The request that `input` holds in full, now that its end is known.
  virtual parse_result parse_open_ended(bytes_view input) const = 0;

  virtual void append_success(bytes& out) const = 0;
  virtual void append_failure(bytes& out, failure reason) const = 0;

  /// Readings of one type in ascending order of nodes; with `batch` also the closing of wire §4
  /// ("more than 255 nodes"). They share one length.
  virtual void append_readings(bytes& out, type_code code, std::span<const reply_reading> readings,
                               bool batch) const = 0;

  /// Readings of one node, newest first.
  virtual void append_history(bytes& out, type_code code,
                              std::span<const reply_reading> readings) const = 0;
  virtual void append_active_count(bytes& out, std::size_t count) const = 0;
  virtual void append_json(bytes& out, std::string_view json) const = 0;
  virtual void append_listen_accepted(bytes& out) const = 0;

  /// What listeners get for a message, request or restart of the root; nothing for other kinds.
  virtual void append_push(bytes& out, const event& what) const = 0;

  /// True when the gateway ends a connection after its first reply.
  virtual bool closes_after_reply() const noexcept = 0;
};

struct dialect_options {
  /// Of the address in `[REQ]` pushes alone: the field's C client swaps it twice (wire §4).
  byte_order request_address = byte_order::little;
};

/// Nothing when no dialect has that name.
std::shared_ptr<const dialect> make_dialect(std::string_view name, dialect_options options = {});

/// Every name that make_dialect() takes.
std::span<const std::string_view> dialect_names() noexcept;

} // namespace xylem
