#include "app/config/quantity.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>

namespace xylem {

namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array duration_units{unit{"d", 86'400'000}, unit{"h", 3'600'000}, unit{"m", 60'000},
                                    unit{"s", 1000}, unit{"ms", 1}};
constexpr std::array size_units{unit{"GiB", 1u << 30}, unit{"MiB", 1u << 20}, unit{"KiB", 1u << 10},
                                unit{"B", 1}};

/// What a quantity may not exceed: 10,000 days in milliseconds, some 800 GiB in bytes.
constexpr double largest_quantity = 864e9;

/// Longest host name (RFC 1035).
constexpr std::size_t longest_host = 253;

std::optional<std::uint64_t> whole(double value) {
  auto rounded = std::round(value);
  if (!(value >= 0 && value <= largest_quantity) || std::abs(value - rounded) > 1e-6)
    return std::nullopt;
  return static_cast<std::uint64_t>(rounded);
}

/// A number, perhaps blanks, and one of `units`; without a unit it is `plain`.
std::optional<std::uint64_t> parse_quantity(std::string_view text, std::span<const unit> units,
                                            std::uint64_t plain) {
  if (text.empty() || text.front() < '0' || text.front() > '9')
    return std::nullopt;
  double number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{})
    return std::nullopt;
  auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
  if (rest.empty())
    return whole(number * static_cast<double>(plain));
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  auto found = std::ranges::find(units, rest, &unit::name);
  if (found == units.end())
    return std::nullopt;
  return whole(number * static_cast<double>(found->factor));
}

bool is_host_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_host && text.front() != '-'
         && std::ranges::all_of(text, [](char c) {
              return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                     || c == '-' || c == '.' || c == '_';
            });
}

bool is_ipv6(const std::string& text) {
  in6_addr address{};
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

/// `1.2.3` and `300.1.1.1` are neither an address nor a name that anybody has.
bool is_broken_ipv4(const std::string& text) {
  in_addr address{};
  return text.find_first_not_of("0123456789.") == std::string::npos
         && inet_pton(AF_INET, text.c_str(), &address) != 1;
}

} // namespace

std::optional<milliseconds> parse_milliseconds(std::string_view text) {
  if (auto count = parse_quantity(text, duration_units, 1000))
    return milliseconds{static_cast<milliseconds::rep>(*count)};
  return std::nullopt;
}

std::optional<milliseconds> milliseconds_of_seconds(double seconds) {
  if (auto count = whole(seconds * 1000))
    return milliseconds{static_cast<milliseconds::rep>(*count)};
  return std::nullopt;
}

std::string show_milliseconds(milliseconds span) {
  auto count = static_cast<std::uint64_t>(std::max<milliseconds::rep>(span.count(), 0));
  auto fits = [count](const unit& u) { return u.name != "m" && count % u.factor == 0; };
  auto found = count == 0 ? duration_units.begin() + 3 : std::ranges::find_if(duration_units, fits);
  return std::to_string(count / found->factor).append(found->name);
}

std::optional<std::size_t> parse_size(std::string_view text) {
  auto count = parse_quantity(text, size_units, 1);
  if (!count || *count > std::numeric_limits<std::size_t>::max())
    return std::nullopt;
  return static_cast<std::size_t>(*count);
}

std::string show_size(std::size_t size) {
  auto fits = [size](const unit& u) { return size > 0 && size % u.factor == 0; };
  auto found = std::ranges::find_if(size_units, fits);
  if (found == size_units.end())
    return "0 B";
  return std::to_string(size / found->factor).append(" ").append(found->name);
}

std::optional<endpoint> parse_endpoint(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  endpoint out{std::string{text.substr(0, colon)}};
  auto port = text.substr(colon + 1);
  auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (error != std::errc{} || end != port.data() + port.size())
    return std::nullopt;
  if (out.host.starts_with('[') && out.host.ends_with(']')) {
    out.host = out.host.substr(1, out.host.size() - 2);
    return is_ipv6(out.host) ? std::optional{out} : std::nullopt;
  }
  return is_host_name(out.host) && !is_broken_ipv4(out.host) ? std::optional{out} : std::nullopt;
}

std::string show_endpoint(const endpoint& where) {
  auto brackets = where.host.find(':') != std::string::npos;
  return (brackets ? '[' + where.host + ']' : where.host) + ':' + std::to_string(where.port);
}

bool is_loopback(const endpoint& where) {
  in_addr four{};
  in6_addr six{};
  if (inet_pton(AF_INET, where.host.c_str(), &four) == 1)
    return ntohl(four.s_addr) >> 24 == 127;
  if (inet_pton(AF_INET6, where.host.c_str(), &six) == 1)
    return IN6_IS_ADDR_LOOPBACK(&six);
  return where.host == "localhost";
}

bool is_any_address(const endpoint& where) {
  in_addr four{};
  in6_addr six{};
  if (inet_pton(AF_INET, where.host.c_str(), &four) == 1)
    return four.s_addr == htonl(INADDR_ANY);
  return inet_pton(AF_INET6, where.host.c_str(), &six) == 1 && IN6_IS_ADDR_UNSPECIFIED(&six);
}

} // namespace xylem
