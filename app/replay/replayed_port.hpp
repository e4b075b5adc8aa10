#pragma once

#include "actors/byte_port.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace xylem {

/// The serial line of one mesh as its capture has it: shared by the replay, which says what comes,
/// and by the port that the uart owns.
struct replayed_line {
  std::string name = "capture"; ///< of the port
  byte_port::callbacks handlers{};
  bool is_open = false;
};

/// A port that takes all that is written, at once, and gives what the replay says.
class replayed_port final : public byte_port {
public:
  replayed_port(boost::asio::io_context& io, std::shared_ptr<replayed_line> line)
      : io_{io}, line_{std::move(line)} {}
  ~replayed_port() override { close(); }

  void start(callbacks handlers) override {
    line_->handlers = std::move(handlers);
    line_->is_open = true;
  }

  void write(bytes_view data) override {
    boost::asio::post(io_, [line = line_, count = data.size()] {
      if (line->is_open)
        line->handlers.written(count);
    });
  }

  void close() override {
    line_->is_open = false; // in one of its handlers, maybe: they go with the line
  }

  std::string resolved() const override { return line_->name; }

private:
  boost::asio::io_context& io_;
  std::shared_ptr<replayed_line> line_;
};

} // namespace xylem
