#pragma once

#include "app/client/gateway_state.hpp"

namespace xylem {

/// One line for people, safe for a terminal:
/// `2026-03-01T12:00:00.123Z  reading         node 5  GPS  longitude=8.40444 latitude=49.01409`.
std::string event_text(const client::gateway_event& event);

} // namespace xylem
