#pragma once

#include <string_view>

namespace xylem {

/// Of this program: `0.1.0`, or of a commit before it `0.1.0~512.g1a2b3c4`. The build writes it into
/// a source of its own (deploy/cmake/version.cmake), so that a commit recompiles nothing else.
std::string_view software_version() noexcept;

} // namespace xylem
