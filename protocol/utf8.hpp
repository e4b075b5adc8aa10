#pragma once

#include <cstddef>
#include <string_view>

namespace xylem {

/// Length of the UTF-8 sequence of more than one byte that `text` begins with; 0 when it is none.
/// Overlong forms, surrogates and what is above U+10FFFF are none (RFC 3629).
std::size_t sequence_length(std::string_view text) noexcept;

} // namespace xylem
