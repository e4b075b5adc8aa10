#pragma once

#include "actors/settings.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace xylem {

/// `50ms`, `10s`, `3m`, `2h`, `1d`, or seconds without a unit; whole milliseconds only.
std::optional<milliseconds> parse_milliseconds(std::string_view text);

/// Nothing for what is not a whole number of milliseconds, negative, or beyond 10,000 days.
std::optional<milliseconds> milliseconds_of_seconds(double seconds);

/// In the largest unit that shows it exactly; minutes are shown as seconds.
std::string show_milliseconds(milliseconds span);

/// `64 MiB`, `64KiB`, `1 GiB`, `512 B`, or bytes without a unit.
std::optional<std::size_t> parse_size(std::string_view text);

/// In the largest unit that shows it exactly.
std::string show_size(std::size_t size);

/// `host:port`, `[::1]:port`; a host is an address or a name.
std::optional<endpoint> parse_endpoint(std::string_view text);
std::string show_endpoint(const endpoint& where);

/// True for 127.0.0.0/8, ::1 and `localhost`; any other name may lead anywhere.
bool is_loopback(const endpoint& where);

/// True for the address that means every interface.
bool is_any_address(const endpoint& where);

} // namespace xylem
