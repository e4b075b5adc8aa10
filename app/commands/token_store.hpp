#pragma once

#include "protocol/access.hpp"

#include <functional>

namespace xylem {

/// Changes the list, or says why not: then nothing is written.
using token_change = std::function<std::optional<std::string>(std::vector<token_record>&)>;

/// Changes the tokens of a file: one process at a time, on disk when this returns, whole at any
/// time. Nothing on success, else what is wrong.
std::optional<std::string> change_tokens(const std::string& path, const token_change& change);

/// `xyl_` and 32 random bytes as base64url. Throws std::system_error when there are none.
std::string new_token();

} // namespace xylem
