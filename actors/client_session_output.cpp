// How a session writes: replies and pushes.
#include "actors/client_session.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace xylem {

namespace {

/// Up to this many pushes that come together are one write each, as the field's clients like it
/// (wire §4). More of them mean a listener that is behind or a flood: then few writes carry many.
constexpr std::size_t single_writes = 8;
constexpr std::size_t gathered_pieces = 64;

} // namespace

void client_session::write(bytes_view data) {
  if (closed_ || data.empty())
    return;
  std::size_t gone = 0;
  if (backlog() == 0 && !writing_)
    gone = send_now(data);
  if (closed_ || gone == data.size())
    return;
  append(output_, data.subspan(gone));
  wait_writable();
}

/// How many bytes the socket took; the session is closed when it is broken.
std::size_t client_session::send_now(bytes_view part) {
  return sent(::send(socket_.get(), part.data(), part.size(), MSG_NOSIGNAL));
}

std::size_t client_session::send_gathered(std::span<const bytes_view> parts) {
  if (parts.size() == 1)
    return send_now(parts.front());
  std::array<iovec, gathered_pieces> vectors;
  std::ranges::transform(parts, vectors.begin(), [](bytes_view part) {
    return iovec{const_cast<std::byte*>(part.data()), part.size()};
  });
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = parts.size();
  return sent(::sendmsg(socket_.get(), &message, MSG_NOSIGNAL));
}

std::size_t client_session::sent(std::ptrdiff_t result) {
  if (result > 0) {
    last_progress_ = host_.now();
    return static_cast<std::size_t>(result);
  }
  if (result < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
    close(session_end::by_client);
  return 0;
}

void client_session::wait_writable() {
  if (writing_ || closed_)
    return;
  writing_ = true;
  if (!std::exchange(writes_watched_, true))
    host_.poll().watch_writable(socket_.get(), id_);
}

void client_session::on_writable() {
  flush_output();
  flush_pushes();
  if (!closed_)
    resume();
}

void client_session::flush_output() {
  if (backlog() == 0)
    return;
  auto waiting = bytes_view{output_}.subspan(written_);
  written_ += send_now(waiting);
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

// -- pushes

void client_session::push(const std::shared_ptr<const push_page>& page) {
  auto next = push_at_once(page);
  while (!closed_ && next < page->ends.size()) {
    auto end = pushes_.add(page, next);
    flush_pushes();
    if (end == next && !closed_ && (end = pushes_.add(page, next)) == next)
      return close(session_end::slow_listener);
    next = end;
  }
  if (!pushes_.empty())
    flush_pushes();
}

/// Nearly every listener takes a few pushes at once: they never wait in its queue. Tells how many
/// have gone or wait.
std::size_t client_session::push_at_once(const std::shared_ptr<const push_page>& page) {
  const auto& ends = page->ends;
  if (!pushes_.empty() || writing_ || backlog() > 0 || ends.size() > single_writes)
    return 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < ends.size() && !closed_; begin = ends[i++]) {
    auto one = bytes_view{page->encoded}.subspan(begin, ends[i] - begin);
    auto gone = send_now(one);
    if (closed_ || gone == one.size())
      continue;
    auto end = pushes_.add(page, i);
    if (end == i)
      close(session_end::slow_listener); // a push that is larger than its whole queue
    else
      pushes_.wrote(gone);
    wait_writable();
    return end;
  }
  return ends.size();
}

void client_session::flush_pushes() {
  std::array<bytes_view, gathered_pieces> pieces;
  while (!closed_ && !writing_ && backlog() == 0 && !pushes_.empty()) {
    std::size_t count = 1;
    if (pushes_.size() <= single_writes)
      pieces[0] = pushes_.front();
    else
      count = pushes_.gather(pieces);
    auto gone = send_gathered(std::span{pieces}.first(count));
    if (gone == 0)
      return wait_writable();
    pushes_.wrote(gone);
  }
}

} // namespace xylem
