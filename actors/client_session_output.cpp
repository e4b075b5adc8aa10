// How a session writes: replies, pushes and events.
#include "actors/client_session.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <limits>

namespace xylem {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// Up to this many pushes that come together are one write each, as the field's clients like it
/// (wire §4). More of them mean a listener that is behind or a flood: then few writes carry many.
constexpr std::size_t single_writes = 8;
constexpr std::size_t gathered_pushes = 64;

/// Lines for a watching client are made when its socket takes them, not before.
constexpr std::size_t lines_ahead = 64 * 1024;
constexpr std::size_t lines_at_once = 64;

} // namespace

void client_session::write(bytes_view data) {
  if (closed_ || data.empty())
    return;
  std::size_t sent = 0;
  if (backlog() == 0 && !writing_)
    sent = send_now({&data, 1});
  if (closed_ || sent == data.size())
    return;
  append(output_, data.subspan(sent));
  wait_writable();
}

/// How many bytes the socket took; the session is closed when it is broken.
std::size_t client_session::send_now(std::span<const bytes_view> parts) {
  std::array<iovec, gathered_pushes> vectors{};
  std::size_t used = 0;
  for (auto part : parts.first(std::min(parts.size(), vectors.size())))
    vectors[used++] = {const_cast<std::byte*>(part.data()), part.size()};
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = used;
  auto sent = ::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent > 0) {
    last_progress_ = host_.now();
    return static_cast<std::size_t>(sent);
  }
  if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
    close(session_end::by_client);
  return 0;
}

void client_session::wait_writable() {
  if (writing_ || closed_)
    return;
  writing_ = true;
  socket_.async_wait(asio::socket_base::wait_write, [self = shared_from_this()](error_code error) {
    self->writing_ = false;
    if (error && !self->closed_)
      self->close(session_end::socket_error);
    else if (!self->closed_)
      self->on_writable();
  });
}

void client_session::on_writable() {
  flush_output();
  if (role_ == role::listening)
    flush_pushes();
  else if (role_ == role::watching)
    flush_events();
  if (!closed_)
    resume();
}

void client_session::flush_output() {
  if (backlog() == 0)
    return;
  auto waiting = bytes_view{output_}.subspan(written_);
  written_ += send_now({&waiting, 1});
  if (closed_)
    return;
  // What has gone is given back, also to a client that is always a little behind.
  if (written_ >= backlog()) {
    output_.erase(output_.begin(), output_.begin() + static_cast<std::ptrdiff_t>(written_));
    written_ = 0;
  }
  if (backlog() > 0)
    return wait_writable();
  if (output_.capacity() > limits::reply_backlog)
    output_ = {};
}

// -- pushes and events

void client_session::push(const std::shared_ptr<const push_page>& page) {
  for (std::size_t i = 0; i < page->ends.size() && !closed_; ++i) {
    if (pushes_.add(page, i))
      continue;
    flush_pushes();
    if (!closed_ && !pushes_.add(page, i))
      return close(session_end::slow_listener);
  }
  flush_pushes();
}

void client_session::flush_pushes() {
  auto at_once = pushes_.size() <= single_writes ? std::size_t{1} : gathered_pushes;
  std::array<bytes_view, gathered_pushes> parts{};
  while (!closed_ && !writing_ && backlog() == 0 && !pushes_.empty()) {
    auto count = std::min(at_once, pushes_.size());
    for (std::size_t i = 0; i < count; ++i)
      parts[i] = pushes_[i];
    auto sent = send_now(std::span{parts}.first(count));
    if (sent == 0)
      return wait_writable();
    pushes_.wrote(sent);
  }
}

void client_session::tell(std::span<const event> events) {
  for (const auto& what : events)
    events_->offer(what);
  flush_events();
}

void client_session::settle_events() {
  make_lines(std::numeric_limits<std::size_t>::max());
}

void client_session::flush_events() {
  make_lines(lines_ahead);
}

void client_session::make_lines(std::size_t ahead) {
  while (!closed_ && backlog() < ahead && !events_->empty()) {
    std::string lines;
    for (const auto& what : events_->take(lines_at_once))
      lines += host_.line_of(what) + '\n';
    write(view_of(lines));
  }
}

} // namespace xylem
