#pragma once

#include <array>
#include <cerrno>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace xylem::bench {

/// A client on the thread of the gateway: it never waits, allocates nothing, and only counts what
/// it reads.
class loopback_client {
public:
  explicit loopback_client(std::uint16_t port)
      : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // The kernel completes it without the gateway's help.
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&where), sizeof where) != 0)
      throw std::system_error{errno, std::generic_category(), "connect"};
  }

  loopback_client(loopback_client&& other) noexcept
      : socket_{std::exchange(other.socket_, -1)}, received_{other.received_} {}
  loopback_client& operator=(loopback_client&&) = delete;

  ~loopback_client() {
    if (socket_ >= 0)
      ::close(socket_);
  }

  void send(std::string_view data) {
    auto sent = ::send(socket_, data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 || static_cast<std::size_t>(sent) != data.size())
      throw std::system_error{errno, std::generic_category(), "send"};
  }

  /// Takes one answer of `size` bytes off what has come; false when it is not there yet.
  bool take(std::size_t size) {
    std::array<char, 16 * 1024> room;
    while (received_ < size) {
      auto count = ::recv(socket_, room.data(), room.size(), MSG_DONTWAIT);
      if (count == 0)
        throw std::runtime_error{"the gateway has closed"};
      if (count < 0)
        return false;
      received_ += static_cast<std::size_t>(count);
    }
    received_ -= size;
    return true;
  }

private:
  int socket_;
  std::size_t received_ = 0; // and not taken
};

} // namespace xylem::bench
