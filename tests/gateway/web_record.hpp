#pragma once

#include <map>
#include <string>

namespace xylem::testing {

/// What a gateway answered over HTTP.
struct web_answer {
  unsigned status = 0;
  std::map<std::string, std::string> headers{}; ///< names in lower case
  std::string body{};

  /// Empty when there is none.
  std::string header(const std::string& name) const {
    auto found = headers.find(name);
    return found == headers.end() ? std::string{} : found->second;
  }
};

// With XYLEM_RECORD_HTTP=FILE all that is exchanged is appended to that file, a line each as JSON:
// tests/api holds it against the OpenAPI document. Any number of tests may write at once.

void record_answer(const std::string& method, const std::string& target, const web_answer& answer);

/// A message of a WebSocket that the gateway sent, or understood.
void record_message(const std::string& from, const std::string& text);

} // namespace xylem::testing
