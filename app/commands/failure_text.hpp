#pragma once

#include "app/client/gateway_url.hpp"
#include "app/client/result.hpp"

namespace xylem {

/// A sentence that says what is wrong and what to do.
std::string failure_text(const client::gateway_url& url, const client::error& reason);

} // namespace xylem
