#pragma once

#include "app/config/toml_section.hpp"

namespace xylem {

/// Reads the table [monitor]: who this node is, and who may follow it.
void read_monitor(const toml_section& section);

/// Reads `allow` of that table; the names replace those that are there.
void read_allowed(const toml_section& section);

/// Reads one [[gateway]].
void read_followed_gateway(const toml_section& section);

} // namespace xylem
