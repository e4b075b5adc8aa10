#pragma once

#include "app/config/draft.hpp"

#include <string_view>

namespace xylem {

/// Reads the text of a file into the draft; `file` names it in problems. False: it is not TOML;
/// every line that is not is told, and what could be read without them was.
bool read_toml(configuration_draft& draft, std::string_view file, std::string_view text);

/// Reads `text`, an array of data types, into the mesh, whose own are replaced.
void read_data_types_text(configuration_draft& draft, mesh_draft& mesh, const std::string& path,
                          const std::string& shown, std::string_view text,
                          const source_place& where);

/// Reads `text`, an array of monitors that may follow, in place of those that are there.
void read_allowed_text(configuration_draft& draft, const std::string& shown, std::string_view text,
                       const source_place& where);

} // namespace xylem
