#include "actors/remote/gate_client.hpp"

#include "protocol/gate_feed.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

namespace xylem {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t questions_under_way = 32;
constexpr auto pages_under_way = gate_feed::most_pages;

/// Half a second less than what a monitor is promised: it is on its way, too.
constexpr auto answer_time = std::chrono::milliseconds{4'500};

/// A gateway that lets more wait than this does not read any more.
constexpr std::size_t most_output = 8 * 1024 * 1024;

} // namespace

gate_client::gate_client(asio::io_context& io, file_descriptor socket, events tell)
    : socket_{io, asio::local::stream_protocol{}, socket.release()}, timer_{io},
      tell_{std::move(tell)} {
  socket_.non_blocking(true);
}

void gate_client::start() {
  read();
}

void gate_client::close() {
  open_ = false;
  error_code ignored;
  socket_.close(ignored);
  timer_.cancel();
  asked_.clear();
  queued_.clear();
}

// -- what the gateway says

void gate_client::read() {
  socket_.async_read_some(asio::buffer(input_),
                          [self = shared_from_this()](error_code error, std::size_t size) {
                            if (!self->open_)
                              return;
                            if (error)
                              return self->fail("the gateway has closed it");
                            self->received_or_fail(size);
                          });
}

/// Who cannot take what the gateway says does not stay, and is started anew.
void gate_client::received_or_fail(std::size_t size) {
  try {
    received(size);
  } catch (const std::exception& error) {
    fail(error.what());
  }
}

void gate_client::received(std::size_t size) {
  reader_.feed({input_.data(), size});
  while (auto frame = open_ ? reader_.next() : std::nullopt)
    if (!handle(*frame))
      return fail("the gateway has said what it may not");
  if (!open_)
    return;
  if (reader_.broken())
    return fail("the gateway has said what is no frame");
  read();
}

bool gate_client::handle(gate_frame& frame) {
  switch (frame.kind) {
    case gate_frame_kind::configure: tell_.configured(frame.body); return true;
    case gate_frame_kind::answer: take_answer(frame); return true;
    case gate_frame_kind::feed: return take_feed(frame);
    case gate_frame_kind::end: tell_.ended(); return true;
    default: return false;
  }
}

void gate_client::take_answer(gate_frame& frame) {
  auto found = asked_.find(frame.id);
  if (found == asked_.end())
    return;
  auto done = std::move(found->second.done);
  asked_.erase(found);
  send_questions();
  if (done)
    done(std::move(frame.body));
}

bool gate_client::take_feed(const gate_frame& frame) {
  auto page = decode<event_page>(frame.body);
  if (!page)
    return false;
  tell_.fed(*std::move(page));
  if (++handled_pages_ >= pages_under_way / 2) {
    send(gate_frame_kind::more, 0, encode(gate_more{handled_pages_}));
    handled_pages_ = 0;
  }
  return true;
}

// -- what it is asked

void gate_client::ask(std::string who, question_kind kind, std::string encoded, answered done) {
  submit(gate_frame_kind::question,
         encode(gate_question{std::move(who), kind, std::move(encoded)}), std::move(done));
}

void gate_client::ask_replay(const gate_replay& what, answered done) {
  submit(gate_frame_kind::replay, encode(what), std::move(done));
}

void gate_client::submit(gate_frame_kind kind, std::string body, answered done) {
  queued_.push_back({kind, std::move(body), std::chrono::steady_clock::now() + answer_time,
                     std::move(done)});
  send_questions();
}

void gate_client::send_questions() {
  while (!queued_.empty() && asked_.size() < questions_under_way) {
    auto next = std::move(queued_.front());
    queued_.pop_front();
    send(next.kind, ++last_id_, std::exchange(next.body, {}));
    asked_.emplace(last_id_, std::move(next));
  }
  watch_time();
}

/// All have the same time: who asked first is late first.
void gate_client::watch_time() {
  auto first = std::ranges::find_if(asked_, [](const auto& each) { return !!each.second.done; });
  if (first == asked_.end() && queued_.empty())
    return void(timer_.cancel());
  timer_.expires_at(first == asked_.end() ? queued_.front().deadline : first->second.deadline);
  timer_.async_wait([weak = weak_from_this()](error_code error) {
    if (auto self = weak.lock(); self && !error && self->open_)
      self->expire();
  });
}

void gate_client::expire() {
  auto now = std::chrono::steady_clock::now();
  std::vector<answered> late;
  for (auto& [id, each] : asked_)
    if (each.done && each.deadline <= now)
      late.push_back(std::exchange(each.done, nullptr));
  while (!queued_.empty() && queued_.front().deadline <= now) {
    late.push_back(std::move(queued_.front().done));
    queued_.pop_front();
  }
  watch_time();
  for (const auto& done : late)
    if (open_)
      done(std::nullopt);
}

// -- what it is told

void gate_client::follow() {
  send(gate_frame_kind::follow, 0, encode(gate_follow{std::nullopt, pages_under_way}));
}

void gate_client::finish(std::function<void()> done) {
  finished_ = std::move(done);
  if (writing_.empty())
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->end(); });
}

void gate_client::end() {
  if (!open_)
    return;
  close();
  finished_();
}

void gate_client::tell_listening(std::uint16_t port) {
  send(gate_frame_kind::listening, 0, encode(gate_listening{port}));
}

void gate_client::tell_state(std::string_view json) {
  send(gate_frame_kind::state, 0, json);
}

void gate_client::tell(log_level level, std::string_view text) {
  send(gate_frame_kind::log, 0,
       encode(gate_line{static_cast<std::uint8_t>(level), std::string{text}}));
}

void gate_client::send(gate_frame_kind kind, std::uint64_t id, std::string_view body) {
  if (!open_ || finished_)
    return;
  append_gate_frame(waiting_, kind, id, body);
  if (waiting_.size() > most_output)
    return asio::post(socket_.get_executor(), [self = shared_from_this()] {
      self->fail("the gateway does not read any more");
    });
  if (writing_.empty())
    write();
}

void gate_client::write() {
  writing_.swap(waiting_);
  asio::async_write(socket_, asio::buffer(writing_),
                    [self = shared_from_this()](error_code error, std::size_t) {
                      self->writing_.clear();
                      if (error)
                        return self->fail("the gateway has closed it");
                      if (!self->waiting_.empty() && self->open_)
                        self->write();
                      else if (self->finished_)
                        self->end();
                    });
}

void gate_client::fail(std::string_view why) {
  if (!open_)
    return;
  close();
  tell_.lost(why);
}

} // namespace xylem
