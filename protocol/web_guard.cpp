#include "protocol/web_guard.hpp"

#include <algorithm>

namespace xylem {

namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// `[::1]:80` → `::1`, `host:80` → `host`; nothing when what follows the name is no port.
std::string_view without_port(std::string_view host) {
  auto in_brackets = host.starts_with('[');
  auto end = std::min(host.find(in_brackets ? ']' : ':'), host.size());
  auto rest = host.substr(std::min(end + (in_brackets ? 1 : 0), host.size()));
  auto is_port = rest.starts_with(':') && std::ranges::all_of(rest.substr(1), [](char c) {
    return c >= '0' && c <= '9';
  });
  if (!rest.empty() && !is_port)
    return {};
  return in_brackets ? host.substr(1, end - 1) : host.substr(0, end);
}

std::string_view host_of(std::string_view origin) {
  auto begin = origin.find("://");
  return begin == std::string_view::npos ? origin : origin.substr(begin + 3);
}

/// Browsers leave out the port of a scheme.
std::string_view without_default_port(std::string_view host, bool tls) {
  std::string_view port = tls ? ":443" : ":80";
  return host.ends_with(port) ? host.substr(0, host.size() - port.size()) : host;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t'))
    text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t'))
    text.remove_suffix(1);
  return text;
}

/// Calls for each item of a comma-separated list until one is found.
template <class Predicate>
std::optional<std::string_view> find_item(std::string_view list, Predicate wanted) {
  while (!list.empty()) {
    auto end = std::min(list.find(','), list.size());
    if (auto item = trimmed(list.substr(0, end)); wanted(item))
      return item;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return std::nullopt;
}

} // namespace

web_guard::web_guard(web_reach reach) : reach_{std::move(reach)} {}

std::optional<problem> web_guard::check(std::string_view host, std::string_view origin) const {
  auto is_known = std::ranges::any_of(reach_.origins, [&](const std::string& known) {
    return equal_ignoring_case(host_of(known), host);
  });
  if (reach_.loopback && !host.empty() && !is_loopback_name(host) && !is_known)
    return problem{problem_kind::host_refused,
                   "this gateway listens on loopback and answers as localhost; add the page's "
                   "origin to web.origins if it is behind a proxy"};
  if (origin.empty() || is_own(origin, host)
      || std::ranges::any_of(reach_.origins, [&](const std::string& known) {
           return equal_ignoring_case(known, origin);
         }))
    return std::nullopt;
  return problem{problem_kind::origin_refused,
                 "pages of other origins may not use this gateway; allow one with web.origins"};
}

bool web_guard::is_own(std::string_view origin, std::string_view host) const {
  std::string_view scheme = reach_.tls ? "https://" : "http://";
  return origin.starts_with(scheme)
         && equal_ignoring_case(without_default_port(origin.substr(scheme.size()), reach_.tls),
                                without_default_port(host, reach_.tls));
}

std::optional<std::string_view> token_of_authorization(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size()
      || !equal_ignoring_case(authorization.substr(0, scheme.size()), scheme))
    return std::nullopt;
  return trimmed(authorization.substr(scheme.size()));
}

std::optional<std::string_view> token_of_subprotocols(std::string_view protocols) {
  constexpr std::string_view prefix = "xylem.token.";
  auto found = find_item(protocols, [&](std::string_view one) { return one.starts_with(prefix); });
  return found ? std::optional{found->substr(prefix.size())} : std::nullopt;
}

bool offers_xylem(std::string_view protocols) {
  return find_item(protocols, [](std::string_view one) { return one == "xylem"; }).has_value();
}

bool is_loopback_name(std::string_view host) {
  auto name = without_port(host);
  if (equal_ignoring_case(name, "localhost") || name == "::1")
    return true;
  return name.starts_with("127.")
         && std::ranges::all_of(name, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

} // namespace xylem
