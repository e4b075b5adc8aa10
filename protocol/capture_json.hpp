#pragma once

#include "protocol/capture.hpp"

#include <string>

namespace xylem {

/// A page of captured traffic as web §1.1 has it, at the end of `out`.
void append_capture_page(std::string& out, const capture_page& page);

} // namespace xylem
