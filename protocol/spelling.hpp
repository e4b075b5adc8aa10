#pragma once

#include <span>
#include <string>
#include <string_view>

namespace xylem {

/// The candidate that `word` is most likely a misspelling of; empty when none is close.
std::string_view closest_word(std::string_view word, std::span<const std::string_view> candidates);

/// `text` in quotes, escaped to ASCII, and cut when it is long.
std::string in_quotes(std::string_view text);

/// `a, b and c`.
std::string listed(std::span<const std::string_view> words);

} // namespace xylem
