#pragma once

#include "actors/task.hpp"
#include "actors/web_request_parser.hpp"
#include "actors/web_streams.hpp"
#include "actors/web_subscriber.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace xylem {

/// One WebSocket: moves messages between its stream and a web_subscriber, in a coroutine for each
/// direction; they keep it alive. I/O thread only.
template <class Stream>
class web_socket final : public web_connection,
                         public std::enable_shared_from_this<web_socket<Stream>> {
public:
  web_socket(std::uint64_t id, Stream stream, std::string name, web_client who,
             std::shared_ptr<web_host> host)
      : id_{id}, socket_{std::move(stream)}, host_{std::move(host)},
        subscriber_{std::make_shared<web_subscriber>(id, std::move(name), who, *host_,
                                                     [this] { output_.notify(); })} {}

  /// Answers the handshake, then reads and writes.
  void start(web_handshake handshake);

  const std::shared_ptr<web_subscriber>& subscriber() const noexcept { return subscriber_; }

  // -- web_connection
  void tick(mono_time now) override;
  void answered(web_question&& question) override { subscriber_->answered(std::move(question)); }
  void finish() override { subscriber_->finish(); }
  void close() override;

private:
  using error_code = boost::system::error_code;

  task<void> run(web_handshake handshake);
  task<void> read();
  task<void> write();
  void let_go();
  void configure(const web_handshake& handshake);
  void receive(std::string_view text);
  void note_end(error_code error);

  std::uint64_t id_;
  boost::beast::websocket::stream<Stream, false> socket_; // no compression
  std::shared_ptr<web_host> host_;
  std::shared_ptr<web_subscriber> subscriber_;
  wake_up output_;   // there is something to write, or nothing more will be
  wake_up may_read_; // requests have been answered
  mono_time close_deadline_ = mono_time::max(); // of who does not take what it is told at the end
  bool ended_ = false;
  bool closing_ = false;
};

template <class Stream>
void web_socket<Stream>::start(web_handshake handshake) {
  boost::asio::co_spawn(
    host_->io(),
    [self = this->shared_from_this(), request = std::move(handshake)]() mutable {
      return self->run(std::move(request));
    },
    [self = this->shared_from_this()](std::exception_ptr thrown) {
      if (thrown)
        self->let_go(); // there was not even memory for run(), or for its last words
    });
}

template <class Stream>
void web_socket<Stream>::let_go() {
  ended_ = true;
  subscriber_->detach();
  output_.notify();
  close();
  host_->ended(id_);
}

template <class Stream>
task<void> web_socket<Stream>::run(web_handshake handshake) {
  try {
    configure(handshake);
    auto [error] = co_await socket_.async_accept(handshake, use_result);
    if (!error && !closing_) {
      subscriber_->start();
      boost::asio::co_spawn(
        host_->io(),
        [self = this->shared_from_this()] { return self->write(); },
        [self = this->shared_from_this()](std::exception_ptr thrown) {
          if (thrown)
            self->close();
        });
      co_await read();
    }
  } catch (const std::exception& error) {
    host_->note_failure(error.what());
  }
  let_go();
}

template <class Stream>
void web_socket<Stream>::configure(const web_handshake& handshake) {
  namespace websocket = boost::beast::websocket;
  socket_.set_option(websocket::stream_base::timeout::suggested(boost::beast::role_type::server));
  socket_.set_option(websocket::stream_base::timeout{
    limits::web_handshake_time, limits::web_idle_time, true});
  auto xylem = offers_xylem(handshake[boost::beast::http::field::sec_websocket_protocol]);
  socket_.set_option(websocket::stream_base::decorator{[xylem](websocket::response_type& answer) {
    answer.set(boost::beast::http::field::server, "xylem");
    if (xylem)
      answer.set(boost::beast::http::field::sec_websocket_protocol, "xylem");
  }});
  socket_.read_message_max(limits::web_message);
  socket_.auto_fragment(false);
  socket_.text(true);
}

template <class Stream>
task<void> web_socket<Stream>::read() {
  boost::beast::flat_buffer buffer;
  while (!subscriber_->ending_wanted() && !closing_) {
    if (!subscriber_->may_receive()) {
      co_await may_read_.wait();
      continue;
    }
    buffer.clear();
    auto [error, size] = co_await socket_.async_read(buffer, use_result);
    if (error)
      co_return note_end(error);
    if (!socket_.got_text()) {
      host_->note_cut_off(cut_off::binary_message);
      subscriber_->end(1003, "messages are text");
      break;
    }
    receive({static_cast<const char*>(buffer.data().data()), buffer.size()});
  }
  // Until the other side has closed, too: the writer has sent the reason.
  for (error_code error; !error && !ended_;) {
    buffer.clear();
    auto [failed, size] = co_await socket_.async_read(buffer, use_result);
    error = failed;
  }
}

template <class Stream>
void web_socket<Stream>::receive(std::string_view text) {
  try {
    subscriber_->received(text);
  } catch (const std::exception& error) {
    host_->note_failure(error.what());
    subscriber_->end(1011, "the log of the gateway has more");
  }
}

template <class Stream>
void web_socket<Stream>::note_end(error_code error) {
  if (subscriber_->ending_wanted())
    return; // its reason is counted already
  if (error == boost::beast::error::timeout)
    host_->note_cut_off(cut_off::silent);
  else if (error == boost::beast::websocket::error::message_too_big)
    host_->note_cut_off(cut_off::message_too_large);
  else if (error == boost::beast::websocket::condition::protocol_violation)
    host_->note_cut_off(cut_off::protocol_error);
}

/// One message at a time; when the subscriber wants to end, the reason is the last.
template <class Stream>
task<void> web_socket<Stream>::write() {
  try {
    while (!ended_) {
      if (const auto& ending = subscriber_->ending_wanted()) {
        boost::beast::websocket::close_reason reason{
          static_cast<boost::beast::websocket::close_code>(ending->code), ending->reason};
        may_read_.notify();
        co_await socket_.async_close(reason, use_result);
        co_return;
      }
      auto message = subscriber_->next();
      may_read_.notify();
      if (!message) {
        co_await output_.wait();
        continue;
      }
      auto [error, size] = co_await socket_.async_write(boost::asio::buffer(*message), use_result);
      if (error)
        co_return close();
    }
  } catch (const std::exception& error) {
    host_->note_failure(error.what());
    close();
  }
}

template <class Stream>
void web_socket<Stream>::tick(mono_time now) {
  subscriber_->tick(now);
  if (!subscriber_->ending_wanted())
    return;
  if (close_deadline_ == mono_time::max())
    close_deadline_ = now + limits::web_answer_time;
  else if (now >= close_deadline_)
    close();
}

template <class Stream>
void web_socket<Stream>::close() {
  closing_ = true;
  close_stream(socket_.next_layer());
  may_read_.notify();
}

} // namespace xylem
