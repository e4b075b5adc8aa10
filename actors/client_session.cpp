#include "actors/client_session.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>

namespace xylem {

using boost::system::error_code;

namespace {

/// How long a client may take to close after the gateway has.
constexpr auto linger_time = std::chrono::seconds{1};

void enable(int socket, int level, int option) {
  int on = 1;
  setsockopt(socket, level, option, &on, sizeof on);
}

bool has_unread(int socket) {
  int count = 0;
  return ioctl(socket, FIONREAD, &count) == 0 && count > 0;
}

/// A request with a large reply, or one that ends the asking, runs alone: its session is not read
/// until the reply has come, so that what waits for a client is bounded.
bool runs_alone(const client_request& request) {
  switch (request.kind) {
    case request_kind::get:
      return request.node == root_address || request.node == every_address;
    case request_kind::history:
    case request_kind::node_status:
    case request_kind::nodes:
    case request_kind::status:
    case request_kind::listen:
    case request_kind::watch: return true;
    default: return false;
  }
}

} // namespace

std::string_view to_string(session_end why) noexcept {
  switch (why) {
    case session_end::by_client: return "closed by the client";
    case session_end::done: return "done";
    case session_end::idle: return "idle";
    case session_end::slow_listener: return "listener too slow";
    case session_end::not_reading: return "client reads no replies";
    case session_end::socket_error: return "socket error";
  }
  return "unknown";
}

client_session::client_session(std::uint64_t id, file_descriptor socket, session_host& host)
    : id_{id}, socket_{std::move(socket)}, silence_{host.io()}, host_{host},
      pushes_{host.settings().listener_queue_pushes, host.settings().listener_queue_bytes},
      last_progress_{host.now()} {
  enable(socket_.get(), IPPROTO_TCP, TCP_NODELAY);
  // A listener may be silent for ever; a laptop that sleeps shall not hold its seat for ever.
  enable(socket_.get(), SOL_SOCKET, SO_KEEPALIVE);
}

/// The request of a one-shot client is usually there already.
void client_session::start() {
  if (!reads_again_)
    read();
  if (!closed_ && !host_.poll().add(socket_.get(), id_))
    close(session_end::socket_error);
}

// -- reading

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

void client_session::read_later() {
  if (readable_ && !reads_again_ && may_read()) {
    reads_again_ = true;
    host_.read_again(*this);
  }
}

void client_session::receive(bytes_view input) {
  if (!lingering_)
    last_progress_ = host_.now();
  if (role_ != role::asking || finishing_)
    return; // a listener has nothing to say, and who was refused is not heard
  auto collected = std::exchange(input_, {});
  append(collected, collected.empty() ? bytes_view{} : input);
  auto rest = parse(collected.empty() ? input : bytes_view{collected});
  if (!rest.empty() && role_ == role::asking && !finishing_)
    input_.assign(rest.begin(), rest.end());
  if (open_ended_)
    await_silence();
}

/// Half-close: what was asked is still answered.
void client_session::end_of_input() {
  input_ended_ = true;
  silence_.cancel();
  if (role_ != role::asking || lingering_)
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
  return role_ == role::asking && !exclusive_ && !open_ended_ && !finishing_ && !closed_
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
  exclusive_ = runs_alone(request);
  if (exclusive_ && outstanding_ > 0)
    return exclusive_ = false;
  if (request.kind == request_kind::listen || request.kind == request_kind::watch) {
    exclusive_ = false;
    become(request.kind == request_kind::listen ? role::listening : role::watching);
    return true;
  }
  ++outstanding_;
  host_.submit(*this, request);
  return true;
}

void client_session::become(role next) {
  role_ = next;
  bytes reply;
  if (next == role::listening) {
    host_.speech().append_listen_accepted(reply);
  } else {
    host_.speech().append_success(reply);
    events_.emplace(subscriber_policy::drop_oldest);
  }
  host_.role_changed(*this);
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
    if (!error && !self->closed_ && self->open_ended_)
      self->run_open_ended();
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

// -- ending

void client_session::refuse(failure reason) {
  host_.refused(reason);
  refusal_ = reason;
  finish();
}

void client_session::finish() {
  if (open_ended_)
    return run_open_ended(); // its end is now, and it comes back here
  if (lingering_ && host_.stopping())
    return close(session_end::done);
  finishing_ = true;
  input_.clear();
  request_began_.reset();
  close_when_done();
}

/// Nothing is cut off: the replies under way come first, then the refusal, and a client that
/// still sends is read until it closes, or else its kernel would throw our last reply away.
void client_session::close_when_done() {
  if (closed_ || lingering_ || !(finishing_ || input_ended_) || outstanding_ > 0)
    return;
  if (refusal_) {
    bytes reply;
    host_.speech().append_failure(reply, *std::exchange(refusal_, std::nullopt));
    write(reply);
  }
  if (closed_ || backlog() > 0 || !pushes_.empty() || (events_ && !events_->empty()))
    return;
  if (input_ended_ || (host_.stopping() && !has_unread(socket_.get())))
    return close(session_end::done);
  lingering_ = true;
  last_progress_ = host_.now();
  ::shutdown(socket_.get(), SHUT_WR);
  read_later();
}

void client_session::close(session_end why) {
  if (closed_)
    return;
  if (open_ended_) // an answer counts also when its sender is gone (wire §4)
    run_open_ended();
  if (std::exchange(closed_, true))
    return;
  silence_.cancel();
  socket_.close();
  host_.ended(*this, why);
}

void client_session::check_timeouts(mono_time now) {
  const auto& settings = host_.settings();
  auto silence = now - last_progress_;
  if (lingering_)
    return silence >= linger_time ? close(session_end::done) : void();
  if (role_ != role::asking)
    return;
  if (request_began_ && !may_read())
    request_began_ = now; // its rest waits because we do not read
  if (request_began_ && now - *request_began_ >= settings.request_timeout)
    return refuse(failure::timeout);
  auto limit = settings.idle_timeout;
  if (backlog() > 0 && (finishing_ || input_ended_) && limit == limit.zero())
    limit = settings.request_timeout;
  if (limit == limit.zero() || silence < limit || outstanding_ > 0 || request_began_)
    return;
  close(backlog() > 0 ? session_end::not_reading : session_end::idle);
}

// -- replies

void client_session::deliver(bytes_view encoded, std::size_t requests) {
  if (closed_)
    return;
  outstanding_ -= std::min(requests, outstanding_);
  exclusive_ = exclusive_ && outstanding_ > 0;
  write(encoded);
  if (closed_)
    return;
  if (host_.speech().closes_after_reply())
    finish();
  resume();
}

void client_session::fail_outstanding() {
  bytes replies;
  for (auto left = outstanding_; left > 0; --left) {
    host_.refused(failure::not_available);
    host_.speech().append_failure(replies, failure::not_available);
  }
  if (outstanding_ > 0)
    deliver(replies, outstanding_);
}

/// Goes on with what was held back.
void client_session::resume() {
  if (!input_.empty() && may_run())
    receive({});
  close_when_done();
  read_later();
}

bool client_session::may_read() const noexcept {
  if (closed_ || input_ended_)
    return false;
  if (role_ != role::asking || lingering_ || open_ended_)
    return true;
  return may_run() && (input_.empty() || request_began_); // else a request waits for its turn
}

} // namespace xylem
