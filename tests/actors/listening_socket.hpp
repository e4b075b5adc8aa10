#pragma once

#include "actors/file_descriptor.hpp"

#include <doctest/doctest.h>

#include <netinet/in.h>
#include <sys/socket.h>

namespace xylem::testing {

/// On a free port of the loopback, as a service manager would open it.
inline file_descriptor listening_socket() {
  file_descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0);
  REQUIRE(::listen(socket.get(), 16) == 0);
  return socket;
}

} // namespace xylem::testing
