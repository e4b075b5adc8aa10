#pragma once

#include "app/client/gateway_state.hpp"

namespace xylem {

/// The value as people read it, `longitude=8.40444 latitude=49.01409`; hex for an unknown type.
std::string reading_text(const client::reading_info& reading);

/// `3.0 s`; `-` for a time that nobody knows.
std::string age_text(std::optional<wall_time> time, wall_time now);

/// By the gateway's clock, if it tells.
std::string age_text(const client::reading_info& reading, wall_time now);

} // namespace xylem
