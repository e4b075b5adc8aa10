#pragma once

#include "app/pki/authority.hpp"

#include <span>

namespace xylem::pki {

/// More than this are not read: an authority of machines that one person knows.
inline constexpr std::size_t most_issued = 10'000;

/// The text of `issued.json`: every certificate ever issued, in order. Throws std::runtime_error
/// that says what is wrong. A blank text is an empty list.
std::vector<issued_certificate> parse_issued(std::string_view text);
std::string to_text(std::span<const issued_certificate> issued);

} // namespace xylem::pki
