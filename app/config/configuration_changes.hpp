#pragma once

#include "actors/settings.hpp"

#include <string>
#include <vector>

namespace xylem {

/// The keys that differ, as --set names them: `web.listen`, `mesh.1.baud`; `mesh` when there are
/// more or fewer of them. Without `monitor.allow`, which can change while a gateway runs.
std::vector<std::string> changed_keys(const gateway_settings& was, const gateway_settings& is);

} // namespace xylem
