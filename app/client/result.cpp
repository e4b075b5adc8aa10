#include "app/client/result.hpp"

namespace xylem::client {

std::string_view to_string(error_kind kind) noexcept {
  switch (kind) {
  case error_kind::unreachable: return "unreachable";
  case error_kind::untrusted: return "untrusted";
  case error_kind::timeout: return "timeout";
  case error_kind::closed: return "closed";
  case error_kind::failure_reply: return "failure reply";
  case error_kind::protocol: return "protocol";
  case error_kind::invalid_request: return "invalid request";
  }
  return "unknown";
}

} // namespace xylem::client
