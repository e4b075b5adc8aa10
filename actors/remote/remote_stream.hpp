#pragma once

#include "actors/web_streams.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <functional>

namespace xylem {

/// A connected, authenticated stream of bytes that BASP goes over. One read and one write at a
/// time; what they use outlives them, or they end with an error after close().
class remote_stream {
public:
  using handler = std::function<void(boost::system::error_code, std::size_t)>;

  virtual ~remote_stream() = default;

  /// At least one byte.
  virtual void read(boost::asio::mutable_buffer into, handler done) = 0;

  /// All of it.
  virtual void write(boost::asio::const_buffer from, handler done) = 0;

  /// Tells the peer that nothing follows. Not while a write is under way.
  virtual void finish(handler done) = 0;

  /// Ends every operation.
  virtual void close() = 0;
};

/// Over a socket, or TLS on one.
template <class Stream>
class remote_stream_of final : public remote_stream {
public:
  explicit remote_stream_of(Stream stream) : stream_{std::move(stream)} {}

  void read(boost::asio::mutable_buffer into, handler done) override {
    stream_.async_read_some(into, std::move(done));
  }

  void write(boost::asio::const_buffer from, handler done) override {
    boost::asio::async_write(stream_, from, std::move(done));
  }

  void finish(handler done) override {
    if constexpr (is_tls<Stream>) {
      stream_.async_shutdown([done](boost::system::error_code error) { done(error, 0); });
    } else {
      boost::system::error_code error;
      stream_.shutdown(Stream::shutdown_send, error);
      boost::asio::post(stream_.get_executor(), [done, error] { done(error, 0); });
    }
  }

  void close() override { close_stream(stream_); }

private:
  Stream stream_;
};

template <class Stream>
std::unique_ptr<remote_stream> make_remote_stream(Stream stream) {
  return std::make_unique<remote_stream_of<Stream>>(std::move(stream));
}

} // namespace xylem
