#pragma once

#include "actors/web_request_parser.hpp"
#include "actors/web_socket.hpp"
#include "actors/web_streams.hpp"

#include <boost/asio/write.hpp>

namespace xylem {

/// One HTTP connection: requests are read, answered and written one after the other, until it
/// ends or becomes a WebSocket. Runs on the I/O thread as one coroutine, which keeps it alive.
template <class Stream>
class web_session final : public web_connection,
                          public std::enable_shared_from_this<web_session<Stream>> {
public:
  /// `name` is the peer's address. `upgraded` is called with what takes the connection over.
  using upgraded = std::function<void(std::shared_ptr<web_socket<Stream>>)>;

  web_session(std::uint64_t id, Stream stream, std::string name, std::shared_ptr<web_host> host,
              upgraded on_upgrade)
      : id_{id}, stream_{std::move(stream)}, name_{std::move(name)}, host_{std::move(host)},
        on_upgrade_{std::move(on_upgrade)}, responder_{id, *host_}, now_{host_->now()} {}

  /// To be called once.
  void start();

  // -- web_connection
  void tick(mono_time now) override;
  void answered(web_question&& question) override { responder_.answered(std::move(question)); }
  void finish() override;
  void close() override;

private:
  using error_code = boost::system::error_code;

  enum class phase : std::uint8_t { handshake, idle, header, body, answer, writing, ending };

  /// Nothing, when the connection has ended; a problem, when it has to.
  using read_result = std::optional<std::variant<web_request_view, problem>>;

  task<void> run();
  task<bool> shake_hands();
  task<void> serve();
  task<web_response> respond(const web_request_view& request);
  task<read_result> read_request();
  task<bool> read_more();
  task<bool> continue_if_expected();
  task<bool> write(const web_response& response, bool head_only);
  task<void> upgrade(const web_request_view& request);
  task<void> hear_out();
  task<void> say_goodbye();
  problem note_fault();
  problem problem_of_timeout();
  void enter(phase next, mono_time::duration limit);
  void let_go();

  std::uint64_t id_;
  Stream stream_;
  std::string name_;
  std::shared_ptr<web_host> host_;
  upgraded on_upgrade_;
  web_responder responder_;
  std::optional<web_request_parser> parser_;
  std::vector<char> buffer_ = std::vector<char>(limits::web_header);
  std::size_t begin_ = 0; // of what is read and not parsed
  std::size_t end_ = 0;
  std::string head_;
  phase phase_ = phase::handshake;
  instant now_; // looked at when something was read, and when it was answered
  mono_time deadline_ = mono_time::max();
  bool timed_out_ = false;
  bool finishing_ = false;
  bool closed_ = false;
};

// -- serving

template <class Stream>
void web_session<Stream>::start() {
  boost::asio::co_spawn(
    host_->io(), [self = this->shared_from_this()] { return self->run(); },
    [self = this->shared_from_this()](std::exception_ptr thrown) {
      if (thrown && self->on_upgrade_)
        self->let_go(); // there was not even memory for run(), or for its last words
    });
}

template <class Stream>
void web_session<Stream>::let_go() {
  close();
  host_->ended(id_);
}

template <class Stream>
task<void> web_session<Stream>::run() {
  try {
    if (co_await shake_hands()) {
      co_await serve();
      co_await say_goodbye();
    }
  } catch (const std::exception& error) {
    host_->note_failure(error.what());
  }
  if (!on_upgrade_)
    co_return; // a WebSocket has taken over
  let_go();
}

template <class Stream>
task<bool> web_session<Stream>::shake_hands() {
  if constexpr (is_tls<Stream>) {
    enter(phase::handshake, limits::web_handshake_time);
    auto [error] = co_await stream_.async_handshake(boost::asio::ssl::stream_base::server,
                                                    use_result);
    co_return !error && !timed_out_;
  } else {
    co_return true;
  }
}

template <class Stream>
task<void> web_session<Stream>::serve() {
  for (auto keep_alive = true; keep_alive && !closed_ && !finishing_;) {
    auto read = co_await read_request();
    if (!read)
      co_return;
    if (auto why = std::get_if<problem>(&*read)) {
      auto response = problem_response(*why);
      response.close = true; // nobody knows where the next request begins
      host_->note_answer(response.status, {});
      if (co_await write(response, false))
        co_await hear_out();
      co_return;
    }
    const auto& request = std::get<web_request_view>(*read);
    enter(phase::answer, mono_time::duration::max());
    auto path = request.target.substr(0, request.target.find('?'));
    if (parser_->asks_for_websocket() && begin_ == end_ && path == "/ws")
      co_return co_await upgrade(request);
    auto begin = now_.mono;
    auto response = co_await respond(request);
    now_ = host_->now();
    host_->note_answer(response.status, now_.mono - begin);
    response.close = response.close || finishing_ || !parser_->keeps_alive();
    keep_alive = !response.close;
    if (!co_await write(response, request.method == "HEAD"))
      co_return;
  }
}

/// An error of the gateway is an answer, too, and the last one.
template <class Stream>
task<web_response> web_session<Stream>::respond(const web_request_view& request) {
  try {
    co_return co_await responder_.respond(request);
  } catch (const std::exception& error) {
    host_->note_failure(error.what());
  }
  auto response = problem_response({problem_kind::internal, "the log of the gateway has more"});
  response.close = true;
  co_return response;
}

template <class Stream>
task<void> web_session<Stream>::upgrade(const web_request_view& request) {
  auto admitted = responder_.admit_socket(request);
  if (auto refusal = std::get_if<web_response>(&admitted)) {
    refusal->close = true;
    host_->note_answer(refusal->status, {});
    co_await write(*refusal, false);
    co_return;
  }
  host_->note_answer(101, {});
  auto socket = std::make_shared<web_socket<Stream>>(id_, std::move(stream_), name_,
                                                     std::get<web_client>(admitted), host_);
  auto handshake = parser_->release();
  socket->start(std::move(handshake));
  auto on_upgrade = std::exchange(on_upgrade_, nullptr);
  on_upgrade(std::move(socket)); // the last: the server lets go of this
}

// -- reading

template <class Stream>
task<typename web_session<Stream>::read_result> web_session<Stream>::read_request() {
  parser_.emplace();
  if (begin_ == end_)
    enter(phase::idle, limits::web_idle_time);
  for (auto invited = false;;) {
    if (begin_ < end_) {
      if (phase_ != phase::header && phase_ != phase::body)
        enter(phase::header, limits::web_header_time);
      begin_ += parser_->put(std::span{buffer_}.subspan(begin_, end_ - begin_));
      if (parser_->failed())
        co_return note_fault();
      if (parser_->is_done())
        co_return parser_->view();
      if (parser_->has_header() && phase_ == phase::header)
        enter(phase::body, limits::web_body_time);
      if (parser_->has_header() && !std::exchange(invited, true)
          && !co_await continue_if_expected())
        co_return std::nullopt;
    }
    if (begin_ == 0 && end_ == buffer_.size()) { // a line of a chunk, as long as a header
      parser_->reject_endless();
      co_return note_fault();
    }
    auto more = co_await read_more();
    if (timed_out_ && phase_ != phase::idle)
      co_return problem_of_timeout();
    if (!more)
      co_return std::nullopt;
  }
}

template <class Stream>
task<bool> web_session<Stream>::read_more() {
  if (begin_ > 0) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= std::exchange(begin_, 0);
  }
  auto [error, size] = co_await stream_.async_read_some(
    boost::asio::buffer(buffer_.data() + end_, buffer_.size() - end_), use_result);
  end_ += size;
  now_ = host_->now();
  co_return !error && !timed_out_ && !closed_;
}

/// Some clients wait for this before they send a body.
template <class Stream>
task<bool> web_session<Stream>::continue_if_expected() {
  if (!parser_->expects_invitation())
    co_return true;
  constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  auto [error, size] = co_await boost::asio::async_write(stream_, boost::asio::buffer(go_on),
                                                         use_result);
  co_return !error;
}

template <class Stream>
problem web_session<Stream>::note_fault() {
  host_->note_cut_off(parser_->failed()->counted);
  return parser_->failed()->why;
}

/// What the client still sends is read for a moment: closed with unread input, it would be reset
/// before it has read the answer.
template <class Stream>
task<void> web_session<Stream>::hear_out() {
  constexpr std::size_t most = 256 * 1024;
  enter(phase::ending, std::chrono::seconds{1});
  if constexpr (is_tls<Stream>)
    co_await stream_.async_shutdown(use_result);
  if constexpr (is_socket<Stream>) {
    error_code ignored;
    socket_of(stream_).shutdown(web_tcp_stream::shutdown_send, ignored);
    for (std::size_t heard = 0; heard < most && !closed_;) {
      auto [error, size] = co_await socket_of(stream_).async_read_some(
        boost::asio::buffer(buffer_), use_result);
      if (error)
        co_return;
      heard += size;
    }
  }
}

/// TLS tells the end from a cut.
template <class Stream>
task<void> web_session<Stream>::say_goodbye() {
  if constexpr (is_tls<Stream>)
    if (on_upgrade_ && !closed_ && !timed_out_ && phase_ != phase::ending) {
      enter(phase::ending, std::chrono::seconds{1});
      co_await stream_.async_shutdown(use_result);
    }
  co_return;
}

template <class Stream>
problem web_session<Stream>::problem_of_timeout() {
  timed_out_ = false;
  return {problem_kind::request_timeout, "the request was not complete in time"};
}

// -- writing

/// Content that is not long goes out with its head: one system call.
template <class Stream>
task<bool> web_session<Stream>::write(const web_response& response, bool head_only) {
  constexpr std::size_t short_content = 16 * 1024;
  constexpr std::size_t slowest = 16 * 1024; // bytes a second
  head_.clear();
  append_head(head_, response, host_->date(now_.wall), !response.close);
  auto content = head_only || response.status == 304 ? std::string_view{} : response.content();
  enter(phase::writing,
        limits::web_answer_time + std::chrono::seconds{content.size() / slowest});
  if (content.size() <= short_content)
    head_ += std::exchange(content, {});
  auto [error, size] = co_await boost::asio::async_write(stream_, boost::asio::buffer(head_),
                                                         use_result);
  if (!error && !content.empty()) {
    std::tie(error, size)
      = co_await boost::asio::async_write(stream_, boost::asio::buffer(content), use_result);
    now_ = host_->now();
  }
  co_return !error && !timed_out_;
}

// -- as the server sees it

template <class Stream>
void web_session<Stream>::enter(phase next, mono_time::duration limit) {
  phase_ = next;
  deadline_ = limit == mono_time::duration::max() ? mono_time::max() : now_.mono + limit;
}

template <class Stream>
void web_session<Stream>::tick(mono_time now) {
  now_.mono = now;
  responder_.tick(now);
  if (now < deadline_ || closed_)
    return;
  deadline_ = mono_time::max();
  timed_out_ = true;
  switch (phase_) {
    case phase::handshake: host_->note_cut_off(cut_off::handshake_timeout); return close();
    case phase::idle: host_->note_cut_off(cut_off::idle); return close();
    case phase::header: host_->note_cut_off(cut_off::header_timeout); break;
    case phase::body: host_->note_cut_off(cut_off::body_timeout); break;
    case phase::writing: host_->note_cut_off(cut_off::answer_timeout); return close();
    case phase::ending: return close();
    case phase::answer: return;
  }
  cancel_stream(stream_);
}

template <class Stream>
void web_session<Stream>::finish() {
  finishing_ = true;
  if (phase_ == phase::idle || phase_ == phase::handshake || phase_ == phase::ending)
    close();
}

template <class Stream>
void web_session<Stream>::close() {
  if (std::exchange(closed_, true))
    return;
  close_stream(stream_);
  responder_.give_up();
}

} // namespace xylem
