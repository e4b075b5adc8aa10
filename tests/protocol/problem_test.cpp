#include "protocol/problem.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <set>

using namespace xylem;

TEST_CASE("a problem is an object of RFC 9457") {
  problem what{problem_kind::node_not_found, "node 9 was never heard"};
  CHECK(boost::json::serialize(to_json(what))
        == R"({"type":"urn:xylem:node-not-found","title":"Node Not Found","status":404,)"
           R"("detail":"node 9 was never heard"})");
}

TEST_CASE("a problem that has no more to say has no detail") {
  CHECK_FALSE(to_json({problem_kind::internal, {}}).contains("detail"));
}

TEST_CASE("every kind of problem has a name of its own and a status of an error") {
  std::set<std::string_view> names;
  auto last = static_cast<int>(problem_kind::internal);
  for (auto i = 0; i <= last; ++i) {
    auto kind = static_cast<problem_kind>(i);
    INFO(to_string(kind));
    names.insert(to_string(kind));
    CHECK(to_string(kind).find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos);
    CHECK(title_of(kind).size() == to_string(kind).size());
    CHECK(status_of(kind) >= 400);
    CHECK(status_of(kind) <= 504);
  }
  CHECK(names.size() == static_cast<std::size_t>(last) + 1);
}

TEST_CASE("problems have the statuses of web section 1.2") {
  using enum problem_kind;
  CHECK(status_of(bad_request) == 400);
  CHECK(status_of(token_required) == 401);
  CHECK(status_of(token_unknown) == 401);
  CHECK(status_of(scope_missing) == 403);
  CHECK(status_of(origin_refused) == 403);
  CHECK(status_of(host_refused) == 403);
  CHECK(status_of(not_found) == 404);
  CHECK(status_of(mesh_not_found) == 404);
  CHECK(status_of(type_not_found) == 404);
  CHECK(status_of(command_not_found) == 404);
  CHECK(status_of(reading_too_old) == 404);
  CHECK(status_of(nothing_captured) == 404);
  CHECK(status_of(method_not_allowed) == 405);
  CHECK(status_of(request_timeout) == 408);
  CHECK(status_of(length_required) == 411);
  CHECK(status_of(body_too_large) == 413);
  CHECK(status_of(target_too_long) == 414);
  CHECK(status_of(json_expected) == 415);
  CHECK(status_of(command_invalid) == 422);
  CHECK(status_of(confirmation_missing) == 422);
  CHECK(status_of(upgrade_required) == 426);
  CHECK(status_of(queue_full) == 429);
  CHECK(status_of(headers_too_large) == 431);
  CHECK(status_of(internal) == 500);
  CHECK(status_of(no_serial_connection) == 503);
  CHECK(status_of(not_available) == 503);
  CHECK(status_of(too_many_connections) == 503);
  CHECK(status_of(timeout) == 504);
}

TEST_CASE("a failure of the client socket is the same problem over HTTP") {
  CHECK(problem_of(failure::node_not_found) == problem_kind::node_not_found);
  CHECK(problem_of(failure::data_type_not_found) == problem_kind::type_not_found);
  CHECK(problem_of(failure::no_serial_connection) == problem_kind::no_serial_connection);
  CHECK(problem_of(failure::message_too_long) == problem_kind::command_invalid);
  CHECK(problem_of(failure::queue_full) == problem_kind::queue_full);
  CHECK(problem_of(failure::timeout) == problem_kind::timeout);
  CHECK(problem_of(failure::not_available) == problem_kind::not_available);
}
