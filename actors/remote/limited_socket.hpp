#pragma once

#include "actors/web_streams.hpp"

#include <limits>

namespace xylem {

/// A socket that gives no more than so many bytes to the TLS above it, until it is told that they
/// come from somebody known.
class limited_socket : public web_tcp_stream {
public:
  limited_socket(web_tcp_stream socket, std::size_t most)
      : web_tcp_stream{std::move(socket)}, left_{most} {}

  void lift_limit() noexcept { left_ = std::numeric_limits<std::size_t>::max(); }
  bool is_exhausted() const noexcept { return left_ == 0; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& into, Token&& token) {
    auto read = [this]<class Handler>(Handler handler, const Buffers& buffers) {
      web_tcp_stream::async_read_some(
        buffers, [this, handler = std::move(handler)](boost::system::error_code error,
                                                      std::size_t size) mutable {
          left_ -= std::min(left_, size);
          if (!error && left_ == 0)
            error = boost::asio::error::message_size;
          std::move(handler)(error, size);
        });
    };
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
      std::move(read), token, into);
  }

private:
  std::size_t left_;
};

} // namespace xylem
