#pragma once

#include "protocol/event.hpp"

#include <map>
#include <string>
#include <string_view>
#include <variant>

namespace xylem {

/// What the last bytes of a file of `xylem monitor --append` say.
struct monitor_file_end {
  struct position {
    cursor reached{};
    std::size_t at = 0; ///< where its line begins

    bool operator==(const position&) const = default;
  };

  std::size_t size = 0; ///< bytes of whole lines: what follows them was not finished
  std::map<std::string, position> positions{}; ///< by gateway, those of its last line
};

enum class file_part : std::uint8_t {
  all,  ///< the file begins with these bytes
  last, ///< they may begin within a line
};

/// Or why this is not such a file. Zeros at the end are those of a crash of the machine, and as
/// unfinished as a line without its end.
std::variant<monitor_file_end, std::string> read_file_end(std::string_view content,
                                                          file_part which);

} // namespace xylem
