#pragma once

#include "actors/settings.hpp"
#include "protocol/line_diagnosis.hpp"

#include <functional>
#include <variant>

namespace xylem {

/// Reads a line at one rate until is_enough(), or the time is over.
using line_reader = std::function<line_sample(std::uint32_t baud, std::chrono::milliseconds)>;

/// Opens the mesh's port as the gateway does (exclusively, modem lines as configured), or connects
/// to its tcp://, and keeps it open for as long as the reader lives; or why that failed. Nothing
/// is written to the line.
std::variant<line_reader, std::string> open_line(const mesh_settings& mesh);

/// Samples at the rate that is configured and, when that is not convincing, at others.
std::vector<line_sample> listen_to(const line_reader& read, std::uint32_t configured, bool has_rate,
                                   std::chrono::milliseconds at_most);

} // namespace xylem
