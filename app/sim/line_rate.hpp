#pragma once

#include "protocol/bytes.hpp"

#include <cstdint>

namespace xylem {

/// What a UART (8N1) at the rate `hears_at` makes of bytes that are sent at the rate `sent_at`, one
/// right after the other and then a pause: bit by bit, as receivers sample. Framing errors are no
/// end: the byte is taken as it was sampled, as Linux does. Equal rates give the same bytes.
bytes heard_at(bytes_view sent, std::uint32_t sent_at, std::uint32_t hears_at);

} // namespace xylem
