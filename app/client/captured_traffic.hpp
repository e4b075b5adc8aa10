#pragma once

#include "app/client/json_view.hpp"
#include "app/client/result.hpp"
#include "protocol/capture.hpp"

namespace xylem::client {

/// A page of captured traffic (web §1.1).
result<capture_page> parse_capture_page(json_view page);

} // namespace xylem::client
