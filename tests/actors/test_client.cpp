#include "tests/actors/test_client.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <linux/tcp.h> // not <netinet/tcp.h>: only this one counts segments
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace xylem::testing {

namespace {

void set(int socket, int level, int option, int value) {
  REQUIRE(::setsockopt(socket, level, option, &value, sizeof value) == 0);
}

} // namespace

test_client::test_client(std::uint16_t port, int receive_buffer)
    : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP)} {
  if (receive_buffer > 0)
    set(socket_, SOL_SOCKET, SO_RCVBUF, receive_buffer);
  set(socket_, IPPROTO_TCP, TCP_NODELAY, 1);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // The kernel completes it without the server's help.
  REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0);
}

test_client::test_client(test_client&& other) noexcept
    : socket_{std::exchange(other.socket_, -1)}, received_{std::move(other.received_)},
      ended_{other.ended_} {}

test_client::~test_client() {
  if (socket_ >= 0)
    ::close(socket_);
}

std::size_t test_client::offer(std::string_view data) {
  auto sent = ::send(socket_, data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

void test_client::send(std::string_view data) { REQUIRE(offer(data) == data.size()); }

void test_client::half_close() { REQUIRE(::shutdown(socket_, SHUT_WR) == 0); }

void test_client::abort() {
  linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(std::exchange(socket_, -1));
}

const std::string& test_client::received() {
  std::array<char, 64 * 1024> room;
  while (!ended_) {
    auto count = ::recv(socket_, room.data(), room.size(), MSG_DONTWAIT);
    if (count > 0)
      received_.append(room.data(), static_cast<std::size_t>(count));
    else if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      break;
    else
      ended_ = true;
  }
  return received_;
}

bool test_client::ended() {
  received();
  return ended_;
}

std::uint32_t test_client::segments() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  REQUIRE(::getsockopt(socket_, IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
  return info.tcpi_data_segs_in;
}

} // namespace xylem::testing
