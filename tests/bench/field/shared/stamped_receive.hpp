#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace xylem::bench {

/// From now on the kernel notes when a packet came. On the loopback that is when its sender sent
/// it, however late the receiver wakes up.
void ask_for_stamps(int socket);

struct reception {
  std::string_view data;     ///< in the room that was given; empty: see `code`
  int code = 0;              ///< of recvmsg() when it failed; 0 without data: the peer has closed
  std::uint64_t came_ns = 0; ///< its last byte, by wall_ns()
  bool is_stamped = false;   ///< false: the kernel noted nothing, it is when it was read
};

/// Of a socket that does not block.
reception receive_stamped(int socket, std::span<char> room);

} // namespace xylem::bench
