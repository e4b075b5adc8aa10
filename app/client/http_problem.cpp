#include "app/client/http_problem.hpp"

#include "app/client/json_view.hpp"

#include <algorithm>

namespace xylem::client {

namespace {

constexpr std::string_view namespace_of_problems = "urn:xylem:";

/// Longest text of somebody else that is shown.
constexpr std::size_t longest_text = 1000;

} // namespace

error problem_of(unsigned status, std::string_view reason, std::string_view body) {
  error made{error_kind::failure_reply, std::to_string(status) + " " + std::string{reason}};
  auto document = parse_json(body);
  if (!document || !document->is_object()) {
    if (status < 400) // nothing is answered with a redirection
      made.kind = error_kind::protocol;
    return made;
  }
  json_view problem{*document};
  for (auto member : {"detail", "title"}) {
    auto text = problem[member].text();
    if (!text.empty()) {
      made.text = text.substr(0, longest_text);
      break;
    }
  }
  if (auto type = problem["type"].text(); type.starts_with(namespace_of_problems))
    made.problem = type.substr(namespace_of_problems.size(), longest_text);
  return made;
}

bool is_temporary(const error& reason) noexcept {
  switch (reason.kind) {
  case error_kind::unreachable:
  case error_kind::timeout:
  case error_kind::closed: return true;
  case error_kind::failure_reply:
    return reason.problem == "not-available" || reason.problem == "too-many-connections"
           || reason.problem == "timeout";
  case error_kind::untrusted:
  case error_kind::protocol:
  case error_kind::invalid_request: return false;
  }
  return false;
}

bool is_token(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
}

} // namespace xylem::client
