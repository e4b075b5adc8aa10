#pragma once

#include "app/client/web_access.hpp"
#include "protocol/host_findings.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <vector>

namespace xylem {

/// A gateway that was asked how it is.
struct asked_gateway {
  std::vector<finding> findings{}; ///< never none
  own_processes processes{};       ///< that run here, itself first
  std::optional<boost::json::value> status{};

  std::optional<std::int64_t> pid() const;

  /// True when it has the port of this mesh open.
  bool holds(std::string_view mesh) const;
};

/// `gateway`, and what judge_gateway() says of it.
asked_gateway ask_gateway(const client::web_access& where, const typist& who);

/// The certificates of gateways that are followed, as the running one tells them.
std::vector<certificate_fact> certificates_of(const asked_gateway& gateway);

} // namespace xylem
