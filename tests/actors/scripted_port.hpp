#pragma once

#include "actors/byte_port.hpp"
#include "tests/actors/wire_text.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <limits>
#include <stdexcept>

namespace xylem::testing {

/// A port that does what a test says. Shared by the test and the byte_port that the uart owns.
struct scripted_port : std::enable_shared_from_this<scripted_port> {
  explicit scripted_port(boost::asio::io_context& where) : io{where} {}

  void deliver(bytes_view data) { handlers.received(data); }
  void deliver(std::string_view data) { deliver(view_of(data)); }
  void lose(std::string reason) { handlers.lost(std::move(reason)); }

  /// Takes what is being written, or the first `takes` bytes of it.
  void take() {
    boost::asio::post(io, [self = shared_from_this()] {
      auto chunk = std::exchange(self->writing, {});
      chunk = chunk.first(std::min(chunk.size(), self->takes));
      if (self->closed || chunk.empty())
        return;
      self->written.append(text_of(chunk));
      self->handlers.written(chunk.size());
    });
  }

  boost::asio::io_context& io;
  byte_port::callbacks handlers{};
  bool closed = false;
  bool stalled = false;                                          ///< takes only by take()
  std::size_t takes = std::numeric_limits<std::size_t>::max();   ///< of one write
  bytes_view writing{};
  std::string written{};
  std::size_t writes = 0;
  std::string throws{}; ///< while it is not empty, a write is a programming error
};

/// Opens scripted ports.
class port_script {
public:
  port_opener opener(boost::asio::io_context& io) {
    return [this, &io](const mesh_settings&, std::function<void(open_result)> done) {
      ++attempts;
      boost::asio::post(io, [this, &io, done = std::move(done)] {
        if (!error.empty())
          return done({nullptr, error});
        opened.push_back(std::make_shared<scripted_port>(io));
        opened.back()->stalled = stalled;
        opened.back()->throws = throws;
        done({std::make_unique<port>(opened.back()), {}});
      });
    };
  }

  scripted_port& last() { return *opened.back(); }

  std::string error{}; ///< while it is not empty, no port can be opened
  bool stalled = false; ///< of the ports to come
  std::string throws{}; ///< of the ports to come
  std::size_t attempts = 0;
  std::vector<std::shared_ptr<scripted_port>> opened{};

private:
  class port final : public byte_port {
  public:
    explicit port(std::shared_ptr<scripted_port> script) : script_{std::move(script)} {}
    ~port() override { script_->closed = true; }

    void start(callbacks handlers) override { script_->handlers = std::move(handlers); }
    void write(bytes_view data) override {
      if (!script_->throws.empty())
        throw std::runtime_error{script_->throws};
      ++script_->writes;
      script_->writing = data;
      if (!script_->stalled)
        script_->take();
    }
    void close() override { script_->closed = true; }
    std::string resolved() const override { return "/dev/scripted"; }

  private:
    std::shared_ptr<scripted_port> script_;
  };
};

} // namespace xylem::testing
