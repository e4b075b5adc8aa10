#pragma once

#include "app/client/web_access.hpp"
#include "protocol/finding.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <vector>

namespace xylem {

/// A gateway that was asked how it is.
struct asked_gateway {
  std::vector<finding> findings{};          ///< never none
  std::optional<std::int64_t> pid{};        ///< when it runs here
  std::optional<boost::json::value> status{};

  /// True when it has the port of this mesh open, or waits for it.
  bool has_mesh(std::string_view name) const;
};

/// `gateway`, and what judge_gateway() says of it.
asked_gateway ask_gateway(const client::web_access& where);

} // namespace xylem
