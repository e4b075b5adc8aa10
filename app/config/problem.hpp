#pragma once

#include "protocol/spelling.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xylem {

/// Where something was written.
struct source_place {
  std::string file;       ///< a path, `environment` or `--set`; empty: nowhere
  std::size_t line = 0;   ///< from 1; 0: the source has no lines
  std::size_t column = 0; ///< from 1, in characters

  bool operator==(const source_place&) const = default;
};

/// One thing that is wrong with a configuration.
struct configuration_problem {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
  std::string key; ///< as --set names it: `mesh.1.baud`
  std::string message;
  std::string suggestion; ///< what was probably meant; may be empty

  bool operator==(const configuration_problem&) const = default;
};

/// The line of `text` that it is in, or what fits of it; empty when it has none.
std::string source_line(const configuration_problem& problem, std::string_view text);

/// As compilers do: `file:line:column: error: key: message`, the line of `text` with a caret under
/// the column and tildes under the rest of the word, and the suggestion. Ends with a newline; control characters become `?`.
std::string describe(const configuration_problem& problem, std::string_view text);

/// The candidate that `word` is most likely a misspelling of; empty when none is close.
std::string closest(std::string_view word, std::span<const std::string> candidates);

} // namespace xylem
