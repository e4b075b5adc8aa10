#include "app/client/tcp_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <future>
#include <memory>
#include <system_error>
#include <thread>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace xylem::client {

namespace {

/// Keeps sums of times and the argument of poll() in range.
constexpr milliseconds longest_wait = std::chrono::hours{24};

using address_list = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

struct resolved {
  int code = 0; // of getaddrinfo
  address_list list{nullptr, &freeaddrinfo};
};

std::string reason_of(int code) {
  auto text = std::generic_category().message(code);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z')
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

error unreachable(std::string text) {
  return {error_kind::unreachable, std::move(text)};
}

resolved look_up(const endpoint& where, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  resolved found;
  found.code = getaddrinfo(where.host.c_str(), std::to_string(where.port).c_str(), &hints, &list);
  found.list.reset(found.code == 0 ? list : nullptr);
  return found;
}

/// A name is looked up on a thread of its own, since getaddrinfo() knows no deadline; a look-up
/// that comes too late is dropped by that thread.
result<address_list> resolve(const endpoint& where, const deadline& until) {
  auto found = look_up(where, AI_NUMERICHOST);
  if (found.code == EAI_NONAME) {
    std::packaged_task<resolved()> task{[where] { return look_up(where, 0); }};
    auto answer = task.get_future();
    try {
      std::thread{std::move(task)}.detach();
    } catch (const std::system_error& failure) {
      return unreachable(reason_of(failure.code().value()));
    }
    if (answer.wait_for(until.left()) != std::future_status::ready)
      return unreachable("the name " + where.host + " was not resolved in time");
    found = answer.get();
  }
  if (found.code != 0)
    return unreachable(gai_strerror(found.code));
  return std::move(found.list);
}

result<tcp_socket> connect_to(const addrinfo& address, const deadline& until) {
  tcp_socket made{socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (made.descriptor() < 0)
    return unreachable(reason_of(errno));
  const int on = 1;
  setsockopt(made.descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(made.descriptor(), address.ai_addr, address.ai_addrlen) == 0)
    return made;
  if (errno != EINPROGRESS && errno != EINTR)
    return unreachable(reason_of(errno));
  auto now = readiness{wake_up::interrupted};
  while (now.why == wake_up::interrupted)
    now = made.wait(interest::write, until);
  if (now.why == wake_up::timeout)
    return unreachable("no answer in time");
  int code = 0;
  socklen_t size = sizeof code;
  if (getsockopt(made.descriptor(), SOL_SOCKET, SO_ERROR, &code, &size) != 0)
    code = errno;
  if (code != 0)
    return unreachable(reason_of(code));
  return made;
}

bool is_not_yet(int code) {
  return code == EAGAIN || code == EWOULDBLOCK || code == EINTR;
}

} // namespace

deadline::deadline(milliseconds from_now)
    : end_{std::chrono::steady_clock::now() + std::min(from_now, longest_wait)} {}

milliseconds deadline::left() const {
  auto rest = std::chrono::ceil<milliseconds>(end_ - std::chrono::steady_clock::now());
  return std::max(rest, milliseconds{0});
}

result<tcp_socket> tcp_socket::connect(const endpoint& where, milliseconds timeout) {
  deadline until{timeout};
  auto addresses = resolve(where, until);
  if (!addresses)
    return addresses.error();
  auto last = unreachable("the name " + where.host + " has no address");
  for (const auto* address = addresses->get(); address != nullptr; address = address->ai_next) {
    auto made = connect_to(*address, until);
    if (made)
      return made;
    last = made.error();
  }
  return last;
}

tcp_socket::~tcp_socket() {
  if (descriptor_ >= 0)
    close(descriptor_);
}

readiness tcp_socket::wait(interest what, const deadline& until) const {
  pollfd watched{descriptor_, 0, 0};
  if (what != interest::write)
    watched.events |= POLLIN;
  if (what != interest::read)
    watched.events |= POLLOUT;
  auto count = poll(&watched, 1, static_cast<int>(until.left().count()));
  if (count < 0)
    return {wake_up::interrupted};
  if (count == 0)
    return {wake_up::timeout};
  constexpr short broken = POLLERR | POLLHUP | POLLNVAL;
  return {wake_up::ready, (watched.revents & (POLLIN | broken)) != 0,
          (watched.revents & (POLLOUT | broken)) != 0};
}

result<bytes> tcp_socket::read_some(std::size_t limit) {
  bytes chunk(limit);
  auto count = recv(descriptor_, chunk.data(), chunk.size(), 0);
  if (count == 0 && limit > 0)
    return error{error_kind::closed, "the gateway closed the connection"};
  if (count < 0 && !is_not_yet(errno))
    return error{error_kind::closed, "the connection broke: " + reason_of(errno)};
  chunk.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return chunk;
}

result<std::size_t> tcp_socket::write_some(bytes_view data) {
  auto count = send(descriptor_, data.data(), data.size(), MSG_NOSIGNAL);
  if (count < 0 && !is_not_yet(errno))
    return error{error_kind::closed, "the connection broke: " + reason_of(errno)};
  return static_cast<std::size_t>(std::max<ssize_t>(count, 0));
}

void tcp_socket::end_writing() noexcept {
  shutdown(descriptor_, SHUT_WR);
}

} // namespace xylem::client
