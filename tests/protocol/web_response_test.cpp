#include "protocol/web_response.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";

std::string head_of(const web_response& response, bool keep_alive = true) {
  std::string out;
  append_head(out, response, date, keep_alive);
  return out;
}

bool has(const std::string& head, std::string_view line) {
  return head.find("\r\n" + std::string{line} + "\r\n") != std::string::npos;
}

web_response refusal(problem_kind kind) { return problem_response({kind, "because"}); }

} // namespace

TEST_CASE("a head is status line, headers and an empty line") {
  CHECK(head_of(json_response({{"live", true}}))
        == "HTTP/1.1 200 OK\r\n"
           "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
           "Content-Type: application/json\r\n"
           "Content-Length: 13\r\n"
           "X-Content-Type-Options: nosniff\r\n"
           "Cache-Control: no-cache\r\n"
           "Connection: keep-alive\r\n"
           "\r\n");
}

TEST_CASE("a connection that ends says so") {
  CHECK(has(head_of({}, false), "Connection: close"));
}

TEST_CASE("content that is shared goes instead of a body") {
  web_response response{.body = "own", .shared_body = "everybody's"};
  CHECK(response.content() == "everybody's");
  CHECK(has(head_of(response), "Content-Length: 11"));
}

TEST_CASE("every problem has a status line with a reason, and is JSON with its status") {
  for (auto kind = problem_kind::bad_request; kind <= problem_kind::internal;
       kind = static_cast<problem_kind>(static_cast<int>(kind) + 1)) {
    CAPTURE(to_string(kind));
    auto response = refusal(kind);
    CHECK(response.status == status_of(kind));
    CHECK(response.content_type == "application/problem+json");
    auto head = head_of(response);
    CHECK(head.starts_with("HTTP/1.1 " + std::to_string(response.status) + " "));
    CHECK(head.find("Unknown") == std::string::npos);
    CHECK(has(head, "Cache-Control: no-store"));
    auto body = boost::json::parse(response.body).as_object();
    CHECK(body.at("status").as_int64() == response.status);
    CHECK(body.at("detail").as_string() == "because");
  }
}

TEST_CASE("problems carry the headers that go with them") {
  CHECK(has(head_of(refusal(problem_kind::token_required)),
            "WWW-Authenticate: Bearer realm=\"xylem\""));
  CHECK(has(head_of(refusal(problem_kind::token_unknown)),
            "WWW-Authenticate: Bearer realm=\"xylem\", error=\"invalid_token\""));
  for (auto kind : {problem_kind::queue_full, problem_kind::no_serial_connection,
                    problem_kind::not_available, problem_kind::too_many_connections})
    CHECK(has(head_of(refusal(kind)), "Retry-After: 1"));
  CHECK_FALSE(has(head_of(refusal(problem_kind::not_found)), "Retry-After: 1"));
}

TEST_CASE("426 asks for the upgrade in both headers") {
  auto head = head_of(refusal(problem_kind::upgrade_required));
  CHECK(has(head, "Upgrade: websocket"));
  CHECK(head.find("Connection: Upgrade\r\n") != std::string::npos);
  CHECK(head.find("keep-alive") == std::string::npos);
}

TEST_CASE("a connection ends after problems that leave its next request unknown") {
  for (auto kind : {problem_kind::request_timeout, problem_kind::length_required,
                    problem_kind::body_too_large, problem_kind::target_too_long,
                    problem_kind::headers_too_large, problem_kind::too_many_connections})
    CHECK(refusal(kind).close);
  for (auto kind : {problem_kind::not_found, problem_kind::token_required,
                    problem_kind::command_invalid, problem_kind::timeout})
    CHECK_FALSE(refusal(kind).close);
}

TEST_CASE("state has a weak tag of its version") {
  auto response = state_response("{}", 0xBEEF, {});
  CHECK(response.status == 200);
  CHECK(has(head_of(response), "ETag: W/\"beef\""));
  CHECK(has(head_of(response), "Cache-Control: no-cache"));
  CHECK(has(head_of(state_response("{}", ~std::uint64_t{0}, {})),
            "ETag: W/\"ffffffffffffffff\""));
}

TEST_CASE("state that has not changed is 304 without content or its length, but with its tag") {
  auto response = state_response("{}", 7, "\"x\", W/\"7\"");
  CHECK(response.status == 304);
  CHECK(response.content().empty());
  auto head = head_of(response);
  CHECK(head.starts_with("HTTP/1.1 304 Not Modified\r\n"));
  CHECK(has(head, "ETag: W/\"7\""));
  CHECK(head.find("Content-") == head.find("Content-Type-Options"));
  CHECK(state_response("{}", 8, "W/\"7\"").status == 200);
}

TEST_CASE("If-None-Match is a list or a star, and weakness does not count") {
  CHECK(matches_tag("*", "\"a\""));
  CHECK(matches_tag("\"a\"", "\"a\""));
  CHECK(matches_tag("W/\"a\"", "\"a\""));
  CHECK(matches_tag("\"a\"", "W/\"a\""));
  CHECK(matches_tag("\"b\" ,\t\"a\" ", "\"a\""));
  CHECK(matches_tag(",,\"a\"", "\"a\""));
  for (auto other : {"", ",", "\"b\"", "a", "\"a", "\"aa\"", "\"A\"", "W/", "** "}) {
    CAPTURE(other);
    CHECK_FALSE(matches_tag(other, "\"a\""));
  }
}

TEST_CASE("a date is in the one form of HTTP") {
  CHECK(http_date(wall_time{784'111'777s}) == "Sun, 06 Nov 1994 08:49:37 GMT"); // RFC 9110's own
  CHECK(http_date(wall_time{0ms}) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(http_date(wall_time{951'782'400'999ms}) == "Tue, 29 Feb 2000 00:00:00 GMT");
}
