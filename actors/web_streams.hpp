#pragma once

#include "actors/task.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

namespace xylem {

/// What connections of the web server are made of; their sessions are templates on it, so that
/// tests can use streams that fail at will.
using web_tcp_stream = boost::asio::basic_stream_socket<boost::asio::ip::tcp, io_executor>;
using web_tls_stream = boost::asio::ssl::stream<web_tcp_stream>;

template <class Stream>
inline constexpr bool is_tls = false;
template <class Next>
inline constexpr bool is_tls<boost::asio::ssl::stream<Next>> = true;

/// Else it is a test's.
template <class Stream>
inline constexpr bool is_socket
  = std::is_same_v<Stream, web_tcp_stream> || std::is_same_v<Stream, web_tls_stream>;

/// What is below TLS.
template <class Stream>
auto& socket_of(Stream& stream) {
  if constexpr (is_tls<Stream>)
    return stream.next_layer();
  else
    return stream;
}

/// Ends every operation on it. Sockets only.
template <class Stream>
void close_stream(Stream& stream) {
  auto& socket = socket_of(stream);
  if constexpr (requires(boost::system::error_code error) { socket.close(error); }) {
    boost::system::error_code ignored;
    socket.close(ignored);
  } else {
    socket.close();
  }
}

/// Ends the operation that is under way; the stream stays usable if it can.
template <class Stream>
void cancel_stream(Stream& stream) {
  auto& socket = socket_of(stream);
  if constexpr (requires(boost::system::error_code error) { socket.cancel(error); }) {
    boost::system::error_code ignored;
    socket.cancel(ignored);
  } else {
    close_stream(stream);
  }
}

} // namespace xylem
