#pragma once

#include "protocol/problem.hpp"
#include "protocol/time.hpp"

#include <boost/json/object.hpp>

#include <optional>

namespace xylem {

/// An answer over HTTP, without I/O: what a session writes (web §1).
struct web_response {
  unsigned status = 200;
  std::string_view content_type = "application/json";
  std::string body{};
  std::string_view shared_body{}; ///< instead of `body`: something that outlives every session
  std::string headers{};          ///< whole lines, each with its end
  bool close = false;             ///< the connection ends after it

  std::string_view content() const noexcept { return shared_body.empty() ? body : shared_body; }
};

/// Adds a header line.
void add_header(web_response& to, std::string_view name, std::string_view value);

web_response json_response(const boost::json::object& body);

/// A problem, with the headers that go with its kind.
web_response problem_response(const problem& what);

/// State with a weak ETag: 304 without content when `if_none_match` names it. The tag differs
/// whenever the body does, but for what `version` leaves out (ages).
web_response state_response(std::string body, std::uint64_t version,
                            std::string_view if_none_match);

/// True when the list of If-None-Match has this tag, or is `*`; weakness does not count.
bool matches_tag(std::string_view if_none_match, std::string_view tag) noexcept;

/// Appends the status line and every header. `head`: without content, but its length is told.
void append_head(std::string& out, const web_response& response, std::string_view date,
                 bool keep_alive);

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
std::string http_date(wall_time time);

} // namespace xylem
