#include "app/client/gateway_url.hpp"

#include <algorithm>

namespace xylem::client {

namespace {

constexpr std::string_view http = "http://";
constexpr std::string_view https = "https://";

bool may_stand_in_authority(char c) {
  return c > ' ' && c < '\x7F' && std::string_view{"/?#@%\\\"<>"}.find(c) == std::string_view::npos;
}

} // namespace

std::optional<gateway_url> parse_gateway_url(std::string_view text) {
  auto scheme = text.starts_with(https) ? web_scheme::https : web_scheme::http;
  if (scheme == web_scheme::http && !text.starts_with(http))
    return std::nullopt;
  text.remove_prefix(scheme == web_scheme::https ? https.size() : http.size());
  if (text.ends_with('/'))
    text.remove_suffix(1);
  if (!std::ranges::all_of(text, may_stand_in_authority))
    return std::nullopt;
  auto where = parse_endpoint(text);
  if (!where)
    where = parse_endpoint(std::string{text} + (scheme == web_scheme::https ? ":443" : ":80"));
  if (!where)
    return std::nullopt;
  return gateway_url{scheme, *std::move(where)};
}

std::string to_string(const gateway_url& url) {
  return std::string{url.scheme == web_scheme::https ? https : http} + to_string(url.where);
}

} // namespace xylem::client
