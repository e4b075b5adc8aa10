#pragma once

#include "protocol/problem.hpp"

#include <optional>
#include <string>
#include <vector>

namespace xylem {

/// Where a gateway serves, as browsers see it.
struct web_reach {
  bool loopback = true; ///< nobody else's machine reaches it
  bool tls = false;
  std::vector<std::string> origins{}; ///< further ones that are allowed: `https://host[:port]`
};

/// Keeps pages of other origins from using a browser's access (web §2): by Origin, and on loopback
/// by Host, which a page that has rebound its name to 127.0.0.1 cannot fake.
class web_guard {
public:
  explicit web_guard(web_reach reach);

  /// `host` and `origin` are the headers' values, empty when there was none.
  std::optional<problem> check(std::string_view host, std::string_view origin) const;

private:
  bool is_own(std::string_view origin, std::string_view host) const;

  web_reach reach_;
};

/// The token of `Authorization: Bearer …`.
std::optional<std::string_view> token_of_authorization(std::string_view authorization);

/// The token of a list of subprotocols that has `xylem.token.…`.
std::optional<std::string_view> token_of_subprotocols(std::string_view protocols);

/// True when `xylem` is offered.
bool offers_xylem(std::string_view protocols);

/// `localhost`, 127.0.0.0/8, ::1; with or without a port, brackets around IPv6.
bool is_loopback_name(std::string_view host);

} // namespace xylem
