#include "actors/descriptor_poll.hpp"

#include <boost/system/system_error.hpp>

#include <sys/epoll.h>

#include <cerrno>

namespace xylem {

namespace {

constexpr std::uint32_t always = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t broken = EPOLLHUP | EPOLLERR;

file_descriptor new_set() {
  file_descriptor set{epoll_create1(EPOLL_CLOEXEC)};
  if (!set)
    throw boost::system::system_error{{errno, boost::system::generic_category()},
                                      "cannot wait for descriptors"};
  return set;
}

} // namespace

descriptor_poll::descriptor_poll(boost::asio::io_context& io) : set_{io} {
  auto set = new_set();
  set_.assign(set.get()); // what Asio does not take is closed
  set.release();
}

void descriptor_poll::close() noexcept {
  boost::system::error_code ignored;
  set_.close(ignored);
}

bool descriptor_poll::add(int descriptor, std::uint64_t key) noexcept {
  epoll_event wanted{.events = always, .data = {.u64 = key}};
  return epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, descriptor, &wanted) == 0;
}

void descriptor_poll::watch_writable(int descriptor, std::uint64_t key) noexcept {
  epoll_event wanted{.events = always | EPOLLOUT, .data = {.u64 = key}};
  epoll_ctl(set_.native_handle(), EPOLL_CTL_MOD, descriptor, &wanted);
}

std::span<const readiness> descriptor_poll::ready() {
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
