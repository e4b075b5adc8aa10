#pragma once

#include "protocol/access.hpp"

#include <string>

namespace xylem {

/// Longest token file that is read: most_tokens of them, with room.
inline constexpr std::size_t most_token_file_bytes = 1024 * 1024;

/// SHA-256 of a token's text.
token_hash hash_token(std::string_view token);

/// The tokens of a file, none when there is no file; or what is wrong, with the file's name.
std::variant<std::vector<token_record>, std::string> read_tokens(const std::string& path);

} // namespace xylem
