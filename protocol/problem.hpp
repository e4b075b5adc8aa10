#pragma once

#include "protocol/failure.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace xylem {

/// Everything that a request over HTTP or WebSocket can fail with (web §1.2).
enum class problem_kind : std::uint8_t {
  bad_request,
  token_required,
  token_unknown,
  scope_missing,
  origin_refused,
  host_refused,
  not_found,
  mesh_not_found,
  node_not_found,
  type_not_found,
  command_not_found,
  reading_too_old,
  nothing_captured,
  method_not_allowed,
  request_timeout,
  length_required,
  body_too_large,
  target_too_long,
  headers_too_large,
  json_expected,
  command_invalid,
  confirmation_missing,
  upgrade_required,
  queue_full,
  no_serial_connection,
  not_available,
  too_many_connections,
  timeout,
  internal,
};

/// What went wrong, and in `detail` what exactly and what would be right.
struct problem {
  problem_kind kind = problem_kind::internal;
  std::string detail{};

  bool operator==(const problem&) const = default;
};

/// `node-not-found`, as it stands in `type` after `urn:xylem:`.
std::string_view to_string(problem_kind kind) noexcept;

/// `Node Not Found`.
std::string title_of(problem_kind kind);

/// The HTTP status, 400 to 504.
unsigned status_of(problem_kind kind) noexcept;

/// A failure of wire §4 as a problem.
problem_kind problem_of(failure reason) noexcept;

/// As RFC 9457 has it.
boost::json::object to_json(const problem& what);

} // namespace xylem
