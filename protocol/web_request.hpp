#pragma once

#include "protocol/access.hpp"
#include "protocol/event.hpp"
#include "protocol/problem.hpp"

#include <variant>

namespace xylem {

/// The resources of web §1.
enum class web_route : std::uint8_t {
  asset,
  livez,
  readyz,
  openapi,
  metrics,
  websocket,
  status,
  meshes,
  mesh,
  nodes,
  node,
  node_readings,
  reading,
  history,
  readings,
  capture,
  submit_command,
  command,
  incidents,
  configuration,
  log,
  set_log,
  subscribers,
};

std::string_view to_string(web_route route) noexcept;

/// What is needed for it; nothing: everybody may.
std::optional<access_scope> scope_of(web_route route) noexcept;

/// A request's line, understood. Members that the route does not have keep their defaults.
struct web_call {
  web_route route = web_route::asset;
  std::string mesh{};
  std::string path{}; ///< of an asset, begins with /
  node_address node{};
  type_code code{};
  command_id command{};
  std::optional<node_status> status{};
  std::optional<std::chrono::milliseconds> max_age{};
  std::optional<wall_time> from{}; ///< inclusive
  std::optional<wall_time> to{};   ///< exclusive
  std::optional<std::uint64_t> cursor{};
  std::optional<std::chrono::seconds> step{};
  std::uint16_t limit = 100;

  bool operator==(const web_call&) const = default;
};

/// Understands a request's line (web §1). `target` is in origin form and may be anything. HEAD is
/// GET here. `method_not_allowed` names in its detail what is allowed.
std::variant<web_call, problem> parse_web_request(std::string_view method, std::string_view target);

/// `GET, HEAD`: what the resource of `target` allows; empty when there is none.
std::string_view allowed_methods(std::string_view target);

} // namespace xylem
