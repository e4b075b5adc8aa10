// How a session reads: requests, and when they run.
#include "actors/client_session.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace xylem {

using boost::system::error_code;

namespace {

/// A request with a large reply, or one that ends the asking, runs alone: its session is not read
/// until the reply has come, so that what waits for a client is bounded.
bool runs_alone(const client_request& request) {
  switch (request.kind) {
    case request_kind::get:
      return request.node == root_address || request.node == every_address;
    case request_kind::history:
    case request_kind::node_status:
    case request_kind::listen: return true;
    default: return false;
  }
}

} // namespace

void client_session::on_ready(const readiness& what) {
  hung_up_ |= what.hung_up;
  readable_ |= what.readable;
  if (writing_ && what.writable) {
    writing_ = false;
    on_writable();
  }
  if (!reads_again_)
    read();
}

/// One read a turn, so that all have theirs.
void client_session::read() {
  reads_again_ = false;
  if (!readable_ || !may_read())
    return;
  auto room = host_.scratch();
  auto count = ::recv(socket_.get(), room.data(), room.size(), 0);
  // Less than there is room for was all that there is; what comes later is told.
  readable_ = count > 0 ? hung_up_ || static_cast<std::size_t>(count) == room.size()
                        : count < 0 && errno == EINTR;
  if (count > 0)
    receive(room.first(static_cast<std::size_t>(count)));
  else if (count == 0)
    end_of_input();
  else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
    close(errno == ECONNRESET ? session_end::by_client : session_end::socket_error);
  read_later();
}

bool client_session::may_read() const noexcept {
  if (closed_ || input_ended_)
    return false;
  if (listening_ || lingering_ || open_ended_)
    return true;
  return may_run() && (input_.empty() || request_began_); // else a request waits for its turn
}

void client_session::read_later() {
  if (readable_ && !reads_again_ && may_read()) {
    reads_again_ = true;
    host_.read_again(*this);
  }
}

void client_session::receive(bytes_view input) {
  if (!lingering_)
    last_progress_ = host_.now();
  if (listening_ || finishing_)
    return; // a listener has nothing to say, and who was refused is not heard
  auto collected = std::exchange(input_, {});
  append(collected, collected.empty() ? bytes_view{} : input);
  auto rest = parse(collected.empty() ? input : bytes_view{collected});
  if (!rest.empty() && !listening_ && !finishing_)
    input_.assign(rest.begin(), rest.end());
  if (open_ended_)
    await_silence();
}

/// Half-close: what was asked is still answered.
void client_session::end_of_input() {
  input_ended_ = true;
  silence_.cancel();
  if (listening_ || lingering_)
    return close(session_end::by_client);
  if (open_ended_)
    run_open_ended();
  close_when_done();
}

bytes_view client_session::parse(bytes_view input) {
  while (parse_one(input)) {
  }
  return input;
}

bool client_session::may_run() const noexcept {
  return !listening_ && !exclusive_ && !open_ended_ && !finishing_ && !closed_
         && outstanding_ < limits::requests_under_way && backlog() < limits::reply_backlog;
}

/// Runs the first request of `input` and takes it off; false when there is none that may run.
bool client_session::parse_one(bytes_view& input) {
  if (input.empty() || !may_run())
    return false;
  if (std::exchange(newline_may_follow_, false) && input.front() == std::byte{'\n'}) {
    input = input.subspan(1);
    return true;
  }
  auto parsed = host_.speech().parse_request(input);
  switch (parsed.status) {
    case parse_status::need_more:
      if (!request_began_)
        request_began_ = host_.now();
      return false;
    case parse_status::open_ended:
      request_began_.reset();
      open_ended_ = true;
      return false;
    case parse_status::failed: refuse(parsed.reason); return false;
    case parse_status::complete: break;
  }
  request_began_.reset();
  if (!execute(parsed.request))
    return false;
  input = input.subspan(parsed.consumed);
  newline_may_follow_ = true;
  return true;
}

/// False when the request has to wait for the replies before it.
bool client_session::execute(const client_request& request) {
  auto alone = runs_alone(request);
  if (alone && outstanding_ > 0)
    return false;
  if (request.kind == request_kind::listen) {
    listen();
    return true;
  }
  exclusive_ = alone;
  ++outstanding_;
  host_.submit(*this, request);
  return true;
}

void client_session::listen() {
  listening_ = true;
  host_.listener_added();
  bytes reply;
  host_.speech().append_listen_accepted(reply);
  write(reply);
}

/// A request without length of its own ends at half-close, at its largest size, or with silence.
void client_session::await_silence() {
  if (input_.size() >= limits::client_request) {
    input_.resize(limits::client_request);
    return run_open_ended();
  }
  silence_.expires_after(limits::open_ended_silence);
  silence_.async_wait([self = shared_from_this()](error_code error) {
    if (error || self->closed_ || !self->open_ended_)
      return;
    try {
      self->run_open_ended();
    } catch (...) {
      self->close(session_end::socket_error); // what it asked is lost
      throw;
    }
  });
}

/// It is the last request of its connection.
void client_session::run_open_ended() {
  open_ended_ = false;
  silence_.cancel();
  auto request = std::exchange(input_, {});
  auto parsed = host_.speech().parse_open_ended(request);
  if (parsed.status != parse_status::complete)
    return refuse(parsed.reason);
  execute(parsed.request);
  finish();
}

} // namespace xylem
