#pragma once

#include "app/client/request.hpp"
#include "app/client/stream.hpp"

namespace xylem::client {

struct timeouts {
  milliseconds connect{3'000};
  milliseconds reply{5'000}; ///< from the request to the last byte of its reply
};

/// Requests that may wait for their reply on one connection.
inline constexpr std::size_t max_pipelined = 1024;

/// Whether a node was heard lately, as `NSTAT` tells it.
struct node_activity {
  node_address node;
  bool active = false;

  bool operator==(const node_activity&) const = default;
};

/// A connection to the client socket of one mesh of a gateway (wire §4, classic dialect). It is
/// kept open, never reconnects by itself, and stays failed once it has failed (timeout, closed,
/// protocol); a failure_reply leaves it usable. Not thread-safe.
class connection {
public:
  static result<connection> open(const endpoint& where, timeouts limits = {});

  // -- one request, one reply

  result<bytes> latest(node_address node, type_code code);
  result<std::vector<reading>> latest_of_all(type_code code);

  /// At most `max` readings, newest first.
  result<std::vector<history_point>> history(node_address node, type_code code, std::uint8_t max);

  // Success means: in the transmit queue of a connected root. Events tell what became of it.
  result<done> send(node_address node, bytes_view message);
  result<done> broadcast(bytes_view message);
  result<done> network_info();
  result<done> reset_root();
  result<done> clean(); ///< the root forgets its mesh

  /// Answers a node's request; the last request of this connection.
  result<done> answer(node_address node, bytes_view answer);

  result<std::uint16_t> active_count();
  result<std::vector<node_activity>> node_status();

  // -- a stream; the connection is used up, also by a failure

  result<push_stream> listen(byte_order request_address = byte_order::little) &&;

  // -- pipelining: replies come in the order of the requests

  /// Does not wait for the reply. Invalid while max_pipelined requests wait.
  result<done> submit(const request& what);

  /// The reply of the oldest request that waits; an `F` reply is the error failure_reply.
  result<reply> receive();

private:
  connection(tcp_socket socket, timeouts limits) : socket_{std::move(socket)}, limits_{limits} {}

  result<reply> ask(const result<request>& what);
  template <class T>
  result<T> ask_for(const result<request>& what);
  result<done> ask_for_nothing(const result<request>& what);
  result<done> write(bytes_view data);
  void read();
  error fail(error_kind kind, std::string text);

  tcp_socket socket_;
  timeouts limits_;
  reply_parser parser_;
  std::optional<error> ended_;  // the gateway sends no more, and why
  std::optional<error> failed_; // what every further call returns
};

} // namespace xylem::client
