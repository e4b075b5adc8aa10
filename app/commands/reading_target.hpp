#pragma once

#include "app/client/result.hpp"
#include "protocol/node.hpp"

#include <optional>
#include <vector>

namespace xylem {

/// Whose reading of which type a user asks for; at least one of them is named.
struct reading_target {
  std::optional<type_code> type;    ///< nothing: every type of the node
  std::optional<node_address> node; ///< nothing: every active node

  bool operator==(const reading_target&) const = default;
};

/// `GPS`, `5`, `GPS 5` or `5 GPS`. A word of three digits alone is a type; of two, what stays
/// ambiguous is refused.
client::result<reading_target> parse_reading_target(const std::vector<std::string>& words);

} // namespace xylem
