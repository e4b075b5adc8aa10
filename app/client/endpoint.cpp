#include "app/client/endpoint.hpp"

#include <charconv>

namespace xylem::client {

std::optional<endpoint> parse_endpoint(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  auto host = text.substr(0, colon);
  auto digits = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  else if (host.find_first_of("[]:") != std::string_view::npos)
    return std::nullopt;
  std::uint16_t port = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (host.empty() || error != std::errc{} || end != digits.data() + digits.size() || port == 0)
    return std::nullopt;
  return endpoint{std::string{host}, port};
}

std::string to_string(const endpoint& where) {
  auto port = std::to_string(where.port);
  return where.host.find(':') == std::string::npos ? where.host + ":" + port
                                                   : "[" + where.host + "]:" + port;
}

bool is_loopback(const endpoint& where) noexcept {
  return where.host == "localhost" || where.host == "::1" || where.host.starts_with("127.");
}

} // namespace xylem::client
