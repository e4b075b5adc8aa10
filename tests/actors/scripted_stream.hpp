#pragma once

#include "actors/task.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>

#include <limits>
#include <string>

namespace xylem::testing {

/// A connection whose other side is a test, which also says how many bytes move at once and which
/// operation fails. Shared by the test and a scripted_stream. Nothing completes within a call.
class stream_script : public std::enable_shared_from_this<stream_script> {
public:
  using error_code = boost::system::error_code;

  static constexpr auto unlimited = std::numeric_limits<std::size_t>::max();

  struct operation {
    virtual ~operation() = default;
    virtual std::size_t move_bytes(stream_script& script) = 0;
    virtual void finish(error_code error, std::size_t size) = 0;
  };

  explicit stream_script(boost::asio::io_context& where) : io{where} {}

  /// The other side has sent this, …
  void deliver(std::string_view data) {
    incoming.append(data);
    serve();
  }

  /// … will send nothing more, …
  void end() {
    ended = true;
    serve();
  }

  /// … takes nothing, or goes on taking.
  void stall() { stalled = true; }
  void take() {
    stalled = false;
    serve();
  }

  // -- of the stream

  void start_reading(std::unique_ptr<operation> what) {
    ++operations;
    reading_ = std::move(what);
    serve();
  }

  void start_writing(std::unique_ptr<operation> what) {
    ++operations;
    writing_ = std::move(what);
    serve();
  }

  void cancel() {
    finish(reading_, boost::asio::error::operation_aborted);
    finish(writing_, boost::asio::error::operation_aborted);
  }

  void close() {
    closed = true;
    cancel();
  }

  boost::asio::io_context& io;
  std::string incoming{};            ///< not yet read
  std::string written{};
  std::size_t reads_at_most = unlimited;
  std::size_t writes_at_most = unlimited;
  std::size_t fails_at = unlimited;  ///< from this operation on, counted from 1, …
  bool fails_once = false;           ///< … or only this one
  std::size_t operations = 0;
  bool ended = false;
  bool stalled = false;
  bool closed = false;

private:
  void serve() {
    if (closed)
      return cancel();
    if (fails_once ? operations == fails_at : operations >= fails_at) {
      if (fails_once)
        fails_at = unlimited;
      finish(writing_, boost::asio::error::connection_reset);
      finish(reading_, boost::asio::error::connection_reset);
      return;
    }
    if (reading_ && !incoming.empty())
      move(reading_);
    else if (ended)
      finish(reading_, boost::asio::error::eof);
    if (writing_ && !stalled)
      move(writing_);
  }

  void move(std::unique_ptr<operation>& what) {
    auto size = what->move_bytes(*this);
    std::exchange(what, nullptr)->finish({}, size);
  }

  static void finish(std::unique_ptr<operation>& what, error_code error) {
    if (auto ended = std::exchange(what, nullptr))
      ended->finish(error, 0);
  }

  std::unique_ptr<operation> reading_;
  std::unique_ptr<operation> writing_;
};

/// The stream that a session owns.
class scripted_stream {
public:
  using executor_type = io_executor;
  using error_code = boost::system::error_code;

  explicit scripted_stream(std::shared_ptr<stream_script> script) : script_{std::move(script)} {}
  scripted_stream(scripted_stream&&) = default;
  scripted_stream& operator=(scripted_stream&&) = default;

  ~scripted_stream() {
    if (script_)
      script_->closed = true;
  }

  executor_type get_executor() noexcept { return script_->io.get_executor(); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& into, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
      [script = script_](auto handler, const Buffers& room) {
        auto move = [room](stream_script& from) -> std::size_t {
          auto size = std::min(from.incoming.size(), from.reads_at_most);
          size = boost::asio::buffer_copy(room, boost::asio::buffer(from.incoming.data(), size));
          from.incoming.erase(0, size);
          return size;
        };
        script->start_reading(operation_of(script->io, std::move(handler), move));
      },
      token, into);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& from, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
      [script = script_](auto handler, const Buffers& content) {
        auto move = [content](stream_script& to) -> std::size_t {
          auto size = std::min(boost::asio::buffer_size(content), to.writes_at_most);
          std::string text(size, '\0');
          boost::asio::buffer_copy(boost::asio::buffer(text), content);
          to.written += text;
          return size;
        };
        script->start_writing(operation_of(script->io, std::move(handler), move));
      },
      token, from);
  }

  void close() { script_->close(); }
  void cancel(error_code&) { script_->cancel(); }

private:
  template <class Handler, class Move>
  struct operation final : stream_script::operation {
    operation(boost::asio::io_context& where, Handler who, Move what)
        : io{where}, handler{std::move(who)}, move{std::move(what)} {}

    std::size_t move_bytes(stream_script& script) override { return move(script); }

    void finish(error_code error, std::size_t size) override {
      boost::asio::post(io, [who = std::move(handler), error, size]() mutable {
        std::move(who)(error, size);
      });
    }

    boost::asio::io_context& io;
    Handler handler;
    Move move;
  };

  template <class Handler, class Move>
  static std::unique_ptr<stream_script::operation> operation_of(boost::asio::io_context& io,
                                                                Handler handler, Move move) {
    return std::make_unique<operation<Handler, Move>>(io, std::move(handler), std::move(move));
  }

  std::shared_ptr<stream_script> script_;
};

// -- what Beast's WebSocket needs of a stream

inline void teardown(boost::beast::role_type, scripted_stream& stream,
                     boost::system::error_code& error) {
  stream.close();
  error = {};
}

template <class Handler>
void async_teardown(boost::beast::role_type, scripted_stream& stream, Handler&& handler) {
  stream.close();
  boost::asio::post(stream.get_executor(),
                    boost::beast::bind_front_handler(std::forward<Handler>(handler),
                                                     boost::system::error_code{}));
}

inline void beast_close_socket(scripted_stream& stream) { stream.close(); }

} // namespace xylem::testing
