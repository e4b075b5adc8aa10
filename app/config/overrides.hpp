#pragma once

#include "app/config/draft.hpp"

namespace xylem {

/// One key set outside the file.
struct configuration_override {
  std::string path;  ///< `mesh.1.serial`
  std::string shown; ///< as it was written: `XYLEM_MESH__1__SERIAL`
  std::string value;
  source_place where; ///< `environment` or `--set`

  bool operator==(const configuration_override&) const = default;
};

/// The variables that set a key: `XYLEM_SECTION__KEY`, and those of the top level. Others that
/// begin with XYLEM_ and have no `__` belong to somebody else.
std::vector<configuration_override>
overrides_of(const std::map<std::string, std::string>& environment);

/// `mesh.idle_timeout=50ms`; nothing, and a problem, for what has no `=`.
std::optional<configuration_override> parse_set(configuration_draft& draft, std::string_view text);

/// Sets the key, or reports it as unknown. What addresses the first mesh makes it if there is none.
void apply(configuration_draft& draft, const configuration_override& what);

} // namespace xylem
