#include "sockets.hpp"

#include "clock.hpp"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

namespace xylem::bench {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

const sockaddr* raw(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

file_descriptor make_socket() {
  file_descriptor made{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (!made)
    fail("cannot make a socket");
  return made;
}

} // namespace

sockaddr_in address_of(const std::string& text) {
  auto colon = text.rfind(':');
  auto host = colon == std::string::npos ? std::string{"127.0.0.1"} : text.substr(0, colon);
  auto port = colon == std::string::npos ? text : text.substr(colon + 1);
  sockaddr_in out{};
  out.sin_family = AF_INET;
  if (inet_pton(AF_INET, host.c_str(), &out.sin_addr) != 1)
    throw std::runtime_error{text + " is no IPv4 address and port"};
  out.sin_port = htons(static_cast<std::uint16_t>(std::stoul(port)));
  return out;
}

std::uint16_t free_port() {
  auto door = listen_on(address_of("0"));
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (getsockname(door.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    fail("no name of a socket");
  return ntohs(address.sin_port);
}

file_descriptor listen_on(const sockaddr_in& where) {
  auto door = make_socket();
  int yes = 1;
  setsockopt(door.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(door.get(), raw(where), sizeof where) != 0 || listen(door.get(), SOMAXCONN) != 0)
    fail("cannot listen");
  return door;
}

file_descriptor connect_to(const sockaddr_in& where, std::chrono::seconds patience) {
  auto made = make_socket();
  timeval limit{patience.count(), 0};
  setsockopt(made.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(made.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (connect(made.get(), raw(where), sizeof where) != 0)
    fail("cannot connect");
  set_no_delay(made.get());
  return made;
}

file_descriptor connect_when_listening(const sockaddr_in& where, std::chrono::seconds patience) {
  auto end = monotonic::now() + patience;
  for (;;)
    try {
      return connect_to(where, patience);
    } catch (const std::system_error& error) {
      if (error.code() != std::errc::connection_refused || monotonic::now() > end)
        throw;
      std::this_thread::sleep_for(5ms);
    }
}

bool is_listening(const sockaddr_in& where) {
  auto made = make_socket();
  return connect(made.get(), raw(where), sizeof where) == 0;
}

void set_no_delay(int socket) {
  int yes = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

void set_non_blocking(int socket) {
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
}

void send_all(int socket, std::string_view data) {
  while (!data.empty()) {
    auto count = send(socket, data.data(), data.size(), MSG_NOSIGNAL);
    if (count <= 0)
      throw std::runtime_error{"the server takes no more"};
    data.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string receive_rest(int socket) {
  std::string all;
  std::array<char, 4096> part;
  for (ssize_t count; (count = recv(socket, part.data(), part.size(), 0)) > 0;)
    all.append(part.data(), static_cast<std::size_t>(count));
  return all;
}

std::string receive(int socket, std::size_t size) {
  std::string out(size, '\0');
  if (size == 0)
    return out; // recv() would wait for a byte
  auto count = recv(socket, out.data(), size, MSG_WAITALL);
  if (count != static_cast<ssize_t>(size))
    throw std::runtime_error{"the server ended an answer"};
  return out;
}

void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace xylem::bench
