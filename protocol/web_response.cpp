#include "protocol/web_response.hpp"

#include <boost/json/serialize.hpp>

#include <array>
#include <charconv>
#include <cstdio>

namespace xylem {

namespace {

std::string_view reason_of(unsigned status) noexcept {
  switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Unknown";
  }
}

void append_number(std::string& out, std::uint64_t value, int base = 10) {
  std::array<char, 20> text{};
  auto end = std::to_chars(text.data(), text.data() + text.size(), value, base).ptr;
  out.append(text.data(), end);
}

/// Problems after which nobody knows where the next request begins.
bool ends_connection(problem_kind kind) noexcept {
  using enum problem_kind;
  switch (kind) {
    case request_timeout:
    case length_required:
    case body_too_large:
    case target_too_long:
    case headers_too_large:
    case too_many_connections: return true;
    default: return false;
  }
}

} // namespace

void add_header(web_response& to, std::string_view name, std::string_view value) {
  to.headers.append(name).append(": ").append(value).append("\r\n");
}

web_response json_response(const boost::json::object& body) {
  web_response made{.body = boost::json::serialize(body)};
  add_header(made, "Cache-Control", "no-cache");
  return made;
}

web_response problem_response(const problem& what) {
  web_response made{.status = status_of(what.kind),
                    .content_type = "application/problem+json",
                    .body = boost::json::serialize(to_json(what)),
                    .close = ends_connection(what.kind)};
  add_header(made, "Cache-Control", "no-store");
  if (made.status == 401)
    add_header(made, "WWW-Authenticate",
               what.kind == problem_kind::token_unknown
                 ? "Bearer realm=\"xylem\", error=\"invalid_token\""
                 : "Bearer realm=\"xylem\"");
  if (made.status == 503 || made.status == 429)
    add_header(made, "Retry-After", "1");
  if (made.status == 426)
    made.headers += "Upgrade: websocket\r\n";
  return made;
}

web_response state_response(std::string body, std::uint64_t version,
                            std::string_view if_none_match) {
  web_response made{.body = std::move(body)};
  auto& headers = made.headers;
  headers += "Cache-Control: no-cache\r\nETag: ";
  auto begin = headers.size();
  headers += "W/\"";
  append_number(headers, version, 16);
  headers += '"';
  auto tag = std::string_view{headers}.substr(begin);
  if (!if_none_match.empty() && matches_tag(if_none_match, tag)) {
    made.status = 304;
    made.body.clear();
  }
  headers += "\r\n";
  return made;
}

bool matches_tag(std::string_view if_none_match, std::string_view tag) noexcept {
  constexpr std::string_view weak = "W/";
  auto opaque = [&](std::string_view one) {
    return one.starts_with(weak) ? one.substr(weak.size()) : one;
  };
  auto trimmed = [](std::string_view one) {
    while (!one.empty() && (one.front() == ' ' || one.front() == '\t'))
      one.remove_prefix(1);
    while (!one.empty() && (one.back() == ' ' || one.back() == '\t'))
      one.remove_suffix(1);
    return one;
  };
  for (auto rest = if_none_match; !rest.empty();) {
    auto end = std::min(rest.find(','), rest.size());
    auto one = trimmed(rest.substr(0, end));
    if (one == "*" || opaque(one) == opaque(tag))
      return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

void append_head(std::string& out, const web_response& response, std::string_view date,
                 bool keep_alive) {
  out += "HTTP/1.1 ";
  append_number(out, response.status);
  out.append(1, ' ').append(reason_of(response.status));
  out.append("\r\nDate: ").append(date);
  if (response.status != 304) {
    out.append("\r\nContent-Type: ").append(response.content_type);
    out += "\r\nContent-Length: ";
    append_number(out, response.content().size());
  }
  out += "\r\nX-Content-Type-Options: nosniff\r\n";
  out += response.headers;
  if (response.status == 426)
    out += "Connection: Upgrade\r\n";
  else
    out += keep_alive ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
  out += "\r\n";
}

std::string http_date(wall_time time) {
  using namespace std::chrono;
  constexpr std::array days_of{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months_of{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto day = floor<days>(time);
  year_month_day date{day};
  hh_mm_ss clock{floor<seconds>(time - day)};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                days_of[weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                months_of[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

} // namespace xylem
