#pragma once

#include <cstdlib>

namespace xylem {

/// What a fuzz target demands of every input.
inline void require(bool holds) {
  if (!holds)
    std::abort();
}

} // namespace xylem
