#pragma once

#include "protocol/time.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace xylem {

/// What somebody may do; each includes those before it (web §2).
enum class access_scope : std::uint8_t { read, command, admin };

std::string_view to_string(access_scope scope) noexcept;
std::optional<access_scope> parse_access_scope(std::string_view text);

/// SHA-256 of a token: tokens are random, so a fast hash is enough.
using token_hash = std::array<std::byte, 32>;

struct token_record {
  std::string name; ///< 1 to 64 of a-z, A-Z, 0-9, `.`, `_`, `-`; unique
  token_hash hash{};
  access_scope scope = access_scope::read;
  wall_time created{};

  bool operator==(const token_record&) const = default;
};

/// Longest list that is read; a longer one is an error.
inline constexpr std::size_t most_tokens = 1024;

/// The text of a token file, or what is wrong with it and where. A blank text is an empty list.
std::variant<std::vector<token_record>, std::string> parse_tokens(std::string_view text);
std::string to_text(std::span<const token_record> tokens);

/// The record with this hash. Takes the same time wherever and whether it is found.
const token_record* find_token(std::span<const token_record> tokens,
                               const token_hash& hash) noexcept;

} // namespace xylem
