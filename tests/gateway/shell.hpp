#pragma once

#include <string>

namespace xylem::testing {

struct shell_end {
  int code = 0;
  std::string out; ///< and what it said on standard error
};

/// Runs lines of a shell in a folder, as somebody would type them; the first that fails is the
/// last. After a while it is ended, with code 124.
shell_end run_shell(const std::string& folder, const std::string& lines);

} // namespace xylem::testing
