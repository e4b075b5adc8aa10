#include "actors/socket_poll.hpp"

#include <sys/epoll.h>

#include <cerrno>
#include <system_error>

namespace xylem {

namespace {

constexpr std::uint32_t always = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t broken = EPOLLHUP | EPOLLERR;

int new_set() {
  auto set = epoll_create1(EPOLL_CLOEXEC);
  if (set < 0)
    throw std::system_error{errno, std::generic_category(), "cannot wait for sockets"};
  return set;
}

} // namespace

socket_poll::socket_poll(boost::asio::io_context& io) : set_{io, new_set()} {}

void socket_poll::close() noexcept {
  boost::system::error_code ignored;
  set_.close(ignored);
}

bool socket_poll::add(int socket, std::uint64_t key) noexcept {
  epoll_event wanted{.events = always, .data = {.u64 = key}};
  return epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, socket, &wanted) == 0;
}

void socket_poll::watch_writable(int socket, std::uint64_t key) noexcept {
  epoll_event wanted{.events = always | EPOLLOUT, .data = {.u64 = key}};
  epoll_ctl(set_.native_handle(), EPOLL_CTL_MOD, socket, &wanted);
}

std::span<const readiness> socket_poll::ready() {
  std::array<epoll_event, ready_at_once> found;
  auto count = epoll_wait(set_.native_handle(), found.data(), ready_at_once, 0);
  if (count <= 0)
    return {};
  auto used = static_cast<std::size_t>(count);
  for (std::size_t i = 0; i < used; ++i) {
    auto events = found[i].events;
    ready_[i] = {.key = found[i].data.u64,
                 .readable = (events & (EPOLLIN | EPOLLPRI | EPOLLRDHUP | broken)) != 0,
                 .writable = (events & (EPOLLOUT | broken)) != 0,
                 .hung_up = (events & (EPOLLPRI | EPOLLRDHUP | broken)) != 0};
  }
  return {ready_.data(), used};
}

} // namespace xylem
