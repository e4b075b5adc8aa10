#pragma once

#include "app/config/toml_section.hpp"

namespace xylem {

/// Reads `data_type` of the section into the mesh; one with a problem is left out.
void read_data_types(const toml_section& mesh_section, mesh_draft& mesh);

} // namespace xylem
