#pragma once

#include "app/client/endpoint.hpp"

namespace xylem::client {

enum class web_scheme : std::uint8_t { http, https };

/// Where a gateway's HTTP port is.
struct gateway_url {
  web_scheme scheme = web_scheme::http;
  endpoint where{"127.0.0.1", 7654};

  bool operator==(const gateway_url&) const = default;
};

/// `http://host:port`, `https://host`: the ports of the schemes are 80 and 443. Nothing for
/// anything else: a gateway has no folder, and a user's name has no place in a URL.
std::optional<gateway_url> parse_gateway_url(std::string_view text);

/// Always with its port.
std::string to_string(const gateway_url& url);

} // namespace xylem::client
