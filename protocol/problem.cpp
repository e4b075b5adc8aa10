#include "protocol/problem.hpp"

#include <algorithm>
#include <array>

namespace xylem {

namespace {

struct description {
  std::string_view name;
  unsigned status;
};

// In the order of the enum.
constexpr std::array<description, 29> descriptions{{
    {"bad-request", 400},
    {"token-required", 401},
    {"token-unknown", 401},
    {"scope-missing", 403},
    {"origin-refused", 403},
    {"host-refused", 403},
    {"not-found", 404},
    {"mesh-not-found", 404},
    {"node-not-found", 404},
    {"type-not-found", 404},
    {"command-not-found", 404},
    {"reading-too-old", 404},
    {"nothing-captured", 404},
    {"method-not-allowed", 405},
    {"request-timeout", 408},
    {"length-required", 411},
    {"body-too-large", 413},
    {"target-too-long", 414},
    {"headers-too-large", 431},
    {"json-expected", 415},
    {"command-invalid", 422},
    {"confirmation-missing", 422},
    {"upgrade-required", 426},
    {"queue-full", 429},
    {"no-serial-connection", 503},
    {"not-available", 503},
    {"too-many-connections", 503},
    {"timeout", 504},
    {"internal", 500},
}};

static_assert(descriptions.size() == static_cast<std::size_t>(problem_kind::internal) + 1);

const description& describe(problem_kind kind) noexcept {
  auto index = static_cast<std::size_t>(kind);
  return index < descriptions.size() ? descriptions[index] : descriptions.back();
}

} // namespace

std::string_view to_string(problem_kind kind) noexcept {
  return describe(kind).name;
}

std::string title_of(problem_kind kind) {
  std::string title{to_string(kind)};
  std::ranges::replace(title, '-', ' ');
  auto begins_word = true;
  for (auto& c : title) {
    if (begins_word)
      c = static_cast<char>(c - 'a' + 'A'); // names are of a-z
    begins_word = c == ' ';
  }
  return title;
}

unsigned status_of(problem_kind kind) noexcept {
  return describe(kind).status;
}

problem_kind problem_of(failure reason) noexcept {
  switch (reason) {
  case failure::node_not_found: return problem_kind::node_not_found;
  case failure::data_type_not_found: return problem_kind::type_not_found;
  case failure::mixed_data_lengths: break; // only on the client socket
  case failure::no_serial_connection: return problem_kind::no_serial_connection;
  case failure::message_too_long: return problem_kind::command_invalid;
  case failure::queue_full: return problem_kind::queue_full;
  case failure::unknown_command: return problem_kind::bad_request;
  case failure::timeout: return problem_kind::timeout;
  case failure::too_many_clients: return problem_kind::too_many_connections;
  case failure::not_available: return problem_kind::not_available;
  }
  return problem_kind::internal;
}

boost::json::object to_json(const problem& what) {
  boost::json::object out{{"type", "urn:xylem:" + std::string{to_string(what.kind)}},
                          {"title", title_of(what.kind)},
                          {"status", status_of(what.kind)}};
  if (!what.detail.empty())
    out["detail"] = what.detail;
  return out;
}

} // namespace xylem
