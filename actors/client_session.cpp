#include "actors/client_session.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace xylem {

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
  if (closed_ || backlog() > 0 || !pushes_.empty())
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
  if (listening_)
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

} // namespace xylem
