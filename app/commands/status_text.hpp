#pragma once

#include "app/client/json_view.hpp"
#include "protocol/time.hpp"

#include <iosfwd>

namespace xylem {

/// The gateway's status document for people. What the document lacks is left out.
void print_status(std::ostream& out, client::json_view status, wall_time now);

} // namespace xylem
