#pragma once

#include "app/sim/sim_time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace xylem {

/// What an ESP32 prints between power-up and the start of its mesh: the boot loader without
/// colours, the application with them.
std::string_view boot_log() noexcept;

/// One coloured console line of the running root; `choice` selects among a few.
std::string log_line(sim_time uptime, std::uint64_t choice);

} // namespace xylem
