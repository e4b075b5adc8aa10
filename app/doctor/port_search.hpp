#pragma once

#include "actors/settings.hpp"
#include "protocol/port_findings.hpp"

namespace xylem {

/// Every serial port of USB and every name that leads to one, sorted; at most 256 of each.
present_ports find_present_ports();

/// What the configuration of a mesh leads to now.
configured_port find_port(const mesh_settings& mesh, const present_ports& present);

} // namespace xylem
