#pragma once

#include "app/config/draft.hpp"

namespace xylem {

/// Reports what no single key shows. Values that were refused are not looked at again.
void check_together(configuration_draft& draft);

} // namespace xylem
