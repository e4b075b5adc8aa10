#pragma once

#include "app/client/push_splitter.hpp"
#include "app/client/tcp_socket.hpp"

#include <deque>

namespace xylem::client {

/// A listening connection: what nodes say, as the field's clients get it. Not thread-safe.
class push_stream {
public:
  push_stream(tcp_socket socket, bytes_view first, byte_order request_address);

  /// The next push; nothing when none came within `wait` or a signal was handled. `closed` when
  /// the gateway ended the connection: everything before it has been handed out.
  result<std::optional<push>> next(milliseconds wait);

private:
  tcp_socket socket_;
  push_splitter splitter_;
  std::deque<push> ready_;
};

} // namespace xylem::client
