#pragma once

#include "app/config/configuration.hpp"
#include "app/config/draft.hpp"

namespace xylem {

/// Reports what no single key shows. Values that were refused are not looked at again.
void check_together(configuration_draft& draft, configuration_use use);

/// The part of it that is about monitors: who this node is, who may follow, whom it follows.
void check_monitor(configuration_draft& draft, configuration_use use);

} // namespace xylem
