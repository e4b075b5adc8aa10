#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xylem::client {

/// Where a gateway's client socket listens.
struct endpoint {
  std::string host = "127.0.0.1";
  std::uint16_t port = 5001;

  bool operator==(const endpoint&) const = default;
};

/// `host:port`, `[::1]:port`; nothing for anything else or port 0.
std::optional<endpoint> parse_endpoint(std::string_view text);

std::string to_string(const endpoint& where);

/// True for the names of this machine itself.
bool is_loopback(const endpoint& where) noexcept;

} // namespace xylem::client
