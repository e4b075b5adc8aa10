#include "stamped_receive.hpp"

#include "clock.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>

namespace xylem::bench {

namespace {

std::uint64_t stamp_of(msghdr& message) {
  for (auto* each = CMSG_FIRSTHDR(&message); each != nullptr; each = CMSG_NXTHDR(&message, each)) {
    if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_TIMESTAMPNS)
      continue;
    timespec time{};
    std::memcpy(&time, CMSG_DATA(each), sizeof time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000
           + static_cast<std::uint64_t>(time.tv_nsec);
  }
  return 0;
}

} // namespace

void ask_for_stamps(int socket) {
  int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes);
}

reception receive_stamped(int socket, std::span<char> room) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec))> control;
  iovec where{room.data(), room.size()};
  msghdr message{};
  message.msg_iov = &where;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  auto count = recvmsg(socket, &message, 0);
  if (count < 0)
    return {{}, errno, wall_ns(), false};
  auto stamp_ns = stamp_of(message);
  return {{room.data(), static_cast<std::size_t>(count)},
          0,
          stamp_ns != 0 ? stamp_ns : wall_ns(),
          stamp_ns != 0};
}

} // namespace xylem::bench
