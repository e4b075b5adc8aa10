#pragma once

#include "actors/file_descriptor.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <span>

#include <sys/epoll.h>

namespace xylem::bench {

/// Descriptors and the number that each was added with, in `data.u32` of its events.
class epoll_loop {
public:
  void add(int descriptor, std::uint32_t number, std::uint32_t events = EPOLLIN | EPOLLRDHUP) {
    change(EPOLL_CTL_ADD, descriptor, number, events);
  }

  void set_events(int descriptor, std::uint32_t number, std::uint32_t events) {
    change(EPOLL_CTL_MOD, descriptor, number, events);
  }

  /// What happened, at the latest after `patience`; valid until the next call.
  std::span<const epoll_event> wait(std::chrono::nanoseconds patience) {
    timespec limit{patience.count() / 1'000'000'000, patience.count() % 1'000'000'000};
    auto count = epoll_pwait2(epoll_.get(), events_.data(), static_cast<int>(events_.size()),
                              &limit, nullptr);
    return std::span{events_}.first(static_cast<std::size_t>(std::max(count, 0)));
  }

private:
  void change(int what, int descriptor, std::uint32_t number, std::uint32_t events) {
    epoll_event wanted{};
    wanted.events = events;
    wanted.data.u32 = number;
    epoll_ctl(epoll_.get(), what, descriptor, &wanted);
  }

  file_descriptor epoll_{epoll_create1(EPOLL_CLOEXEC)};
  std::array<epoll_event, 512> events_{};
};

} // namespace xylem::bench
