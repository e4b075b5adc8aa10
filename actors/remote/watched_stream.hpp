#pragma once

#include "actors/remote/remote_stream.hpp"

namespace xylem {

/// Tells when something was written: there is room for more.
class watched_stream final : public remote_stream {
public:
  watched_stream(std::unique_ptr<remote_stream> stream, std::function<void()> written)
      : stream_{std::move(stream)}, written_{std::move(written)} {}

  void read(boost::asio::mutable_buffer into, handler done) override {
    stream_->read(into, std::move(done));
  }

  void write(boost::asio::const_buffer from, handler done) override {
    stream_->write(from, [written = written_, done = std::move(done)](
                           boost::system::error_code error, std::size_t size) {
      done(error, size);
      written();
    });
  }

  void finish(handler done) override { stream_->finish(std::move(done)); }
  void close() override { stream_->close(); }

private:
  std::unique_ptr<remote_stream> stream_;
  std::function<void()> written_;
};

} // namespace xylem
