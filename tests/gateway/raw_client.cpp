#include "raw_client.hpp"

#include "waiting.hpp"

#include <cerrno>
#include <system_error>

#include <netinet/in.h>
#include <sys/socket.h>

namespace xylem::testing {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

} // namespace

raw_client::raw_client(std::uint16_t port, int receive_buffer)
    : socket_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (receive_buffer > 0)
    setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  if (!socket_
      || connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    fail("cannot connect to the gateway");
}

void raw_client::write(std::string_view data) {
  while (!data.empty()) {
    if (!wait_for(descriptor(), POLLOUT))
      throw std::runtime_error{"the gateway reads no requests"};
    auto count = ::send(descriptor(), data.data(), data.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN)
      fail("cannot write to the gateway");
    data.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
}

std::string raw_client::read(std::size_t size) {
  std::string data;
  while (data.size() < size && !ended_) {
    if (!wait_for(descriptor(), POLLIN))
      throw std::runtime_error{"no reply but: " + data};
    data += read_waiting(size - data.size());
  }
  return data;
}

std::string raw_client::read_to_end() {
  std::string data;
  while (!ended_) {
    if (!wait_for(descriptor(), POLLIN))
      throw std::runtime_error{"the gateway does not end the connection after: " + data};
    data += read_waiting();
  }
  return data;
}

std::string raw_client::read_waiting(std::size_t most) {
  std::string data(most, '\0');
  auto count = ::recv(descriptor(), data.data(), data.size(), MSG_DONTWAIT);
  ended_ = ended_ || count == 0 || (count < 0 && errno == ECONNRESET);
  data.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return data;
}

void raw_client::end_writing() {
  shutdown(descriptor(), SHUT_WR);
}

} // namespace xylem::testing
