#pragma once

#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace xylem {

/// `text` without what could steer a terminal: control characters become `?`, UTF-8 stays.
std::string printable(std::string_view text);

/// Characters that a terminal shows for a text that printable() made.
std::size_t shown_width(std::string_view text) noexcept;

/// `0.3 s`, `42 s`, `17 min`, `5 h`, `3 d`; negative spans (clocks differ) are `0.0 s`.
std::string short_duration(std::chrono::milliseconds span);

/// `12345 bytes`, `1 byte`.
std::string counted(std::uint64_t number, std::string_view noun);

} // namespace xylem
