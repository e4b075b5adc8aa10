#include "protocol/log_request.hpp"

#include <doctest/doctest.h>

using namespace xylem;

namespace {

std::string why_not(std::string_view body) {
  auto parsed = parse_log_request(body);
  auto wrong = std::get_if<problem>(&parsed);
  REQUIRE(wrong);
  CHECK(wrong->kind == problem_kind::bad_request);
  return wrong->detail;
}

} // namespace

TEST_CASE("the level of the log is one of four names") {
  for (std::size_t i = 0; i < log_level_names.size(); ++i) {
    auto body = R"({"level": ")" + std::string{log_level_names[i]} + "\"}";
    auto parsed = parse_log_request(body);
    REQUIRE(std::holds_alternative<std::size_t>(parsed));
    CHECK(std::get<std::size_t>(parsed) == i);
  }
}

TEST_CASE("a body that names no level says what is expected") {
  for (auto body : {"", "{", "[]", "null", R"({"level": 1})", "{}", R"({"level": "loud"})",
                    R"({"level": "Debug"})"}) {
    INFO(body);
    CHECK(why_not(body).find("{\"level\": \"debug\"}") != std::string::npos);
  }
}

TEST_CASE("a member that the log does not have is named") {
  CHECK(why_not(R"({"levle": "debug"})")
        == "unknown member \"levle\"; the log takes level; did you mean level?");
}
