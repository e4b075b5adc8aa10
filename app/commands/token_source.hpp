#pragma once

#include "app/client/result.hpp"

namespace xylem {

/// The token in a file, without what stands around it.
client::result<std::string> read_token(const std::string& path);

} // namespace xylem
