#pragma once

#include "app/client/result.hpp"
#include "app/client/tcp_socket.hpp"
#include "app/client/web_access.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/role.hpp>

#include <memory>
#include <optional>

namespace xylem::client {

/// A TCP or TLS connection in the form in which Boost.Beast takes one.
class web_stream {
public:
  using socket = boost::asio::ip::tcp::socket;
  using executor_type = socket::executor_type;

  explicit web_stream(socket connected) : socket_{std::move(connected)} {}

  void assign(const boost::asio::ip::tcp& protocol, int descriptor) {
    socket_.assign(protocol, descriptor);
  }

  /// From here on the stream is encrypted; the handshake is the caller's.
  boost::asio::ssl::stream<socket&>& encrypt(boost::asio::ssl::context& rules) {
    return tls_.emplace(socket_, rules);
  }

  executor_type get_executor() noexcept { return socket_.get_executor(); }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& into, Handler&& handler) {
    if (tls_)
      tls_->async_read_some(into, std::forward<Handler>(handler));
    else
      socket_.async_read_some(into, std::forward<Handler>(handler));
  }

  template <class Buffers, class Handler>
  void async_write_some(const Buffers& from, Handler&& handler) {
    if (tls_)
      tls_->async_write_some(from, std::forward<Handler>(handler));
    else
      socket_.async_write_some(from, std::forward<Handler>(handler));
  }

  /// What is under way ends with an error.
  void close() noexcept {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

  // What Beast's WebSocket needs: the end of the connection is its close frame.
  friend void beast_close_socket(web_stream& stream) { stream.close(); }
  friend void teardown(boost::beast::role_type, web_stream& stream,
                       boost::system::error_code& code) {
    stream.close();
    code = {};
  }
  template <class Handler>
  friend void async_teardown(boost::beast::role_type, web_stream& stream, Handler&& handler) {
    stream.close();
    boost::asio::post(stream.get_executor(), [handler = std::forward<Handler>(handler)]() mutable {
      handler(boost::system::error_code{});
    });
  }

private:
  socket socket_;
  std::optional<boost::asio::ssl::stream<socket&>> tls_;
};

/// What an operation ended with; nothing while it is under way.
using outcome_code = std::optional<boost::system::error_code>;

/// One connection to a gateway's HTTP port, with the event loop that drives it. Runs nowhere but
/// in its own calls; not thread-safe.
class web_link {
public:
  static result<std::unique_ptr<web_link>> open(const web_access& how);

  web_stream& stream() noexcept { return stream_; }

  /// Runs until the operation has ended; one that is late ends with the connection.
  result<done> finish(const outcome_code& ended, const deadline& until);

  /// True when the operation has ended; it goes on at the next call when it has not.
  bool run(const outcome_code& ended, const deadline& until);

private:
  explicit web_link(const web_access& how);

  result<done> shake_hands(const web_access& how, const deadline& until);

  boost::asio::io_context io_;
  boost::asio::ssl::context tls_;
  web_stream stream_;
};

} // namespace xylem::client
