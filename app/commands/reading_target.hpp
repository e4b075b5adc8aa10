#pragma once

#include "app/client/result.hpp"
#include "protocol/node.hpp"

#include <optional>
#include <vector>

namespace xylem {

/// Whose reading of which type a user asks for.
struct reading_target {
  type_code type;
  std::optional<node_address> node; ///< nothing: every active node

  bool operator==(const reading_target&) const = default;
};

/// `GPS`, `GPS 5` or `5 GPS`. A word of three digits can be both a node and a type; what stays
/// ambiguous is refused.
client::result<reading_target> parse_reading_target(const std::vector<std::string>& words);

} // namespace xylem
