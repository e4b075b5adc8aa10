#include "actors/log_text.hpp"
#include "protocol/log_request.hpp"
#include "tests/actors/web_bench.hpp"
#include "tests/actors/web_connection_bench.hpp"
#include "tests/actors/web_requests.hpp"

#include <boost/json/parse.hpp>

using namespace xylem;
using namespace xylem::testing;
namespace json = boost::json;

namespace {

std::string put_log(const std::string& body, const std::string& type = "application/json",
                    const std::string& query = {}) {
  return "PUT /api/v1/log" + query + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type
         + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

} // namespace

TEST_CASE("the configuration is answered as TOML, and not kept by anybody") {
  web_connection_bench all;
  all.receive(http::get("/api/v1/configuration"));
  auto answer = http::only_answer(all);
  CHECK(answer.status == 200);
  CHECK(answer.has("Content-Type: application/toml"));
  CHECK(answer.has("Cache-Control: no-store"));
  CHECK(answer.body == "state_dir = \"\"\n");
}

TEST_CASE("the log is answered oldest first, the newest lines of it") {
  web_connection_bench all;
  all.receive(http::get("/api/v1/log?limit=2"));
  auto answer = http::only_answer(all);
  CHECK(answer.status == 200);
  CHECK(json::parse(answer.body) == json::parse(R"({"level":"info","lines":["two \"2\"","three"]})"));
}

TEST_CASE("configuration and log need a token of scope admin") {
  for (auto target : {"/api/v1/configuration", "/api/v1/log"}) {
    web_connection_bench all;
    all.host->scope = access_scope::command;
    CHECK(http::status_of(all, http::get(target)) == 403);
  }
  web_connection_bench all;
  all.host->scope = access_scope::command;
  CHECK(http::status_of(all, put_log(R"({"level": "debug"})")) == 403);
  CHECK(all.host->least == log_level::info);
}

TEST_CASE("the least that is logged changes, and the answer says what it was") {
  web_connection_bench all;
  all.receive(put_log(R"({"level": "debug"})"));
  auto answer = http::only_answer(all);
  CHECK(answer.status == 200);
  CHECK(answer.has("Cache-Control: no-store"));
  CHECK(json::parse(answer.body) == json::parse(R"({"level":"debug","was":"info"})"));
  CHECK(all.host->least == log_level::debug);
}

TEST_CASE("what names no level changes nothing") {
  for (auto request : {put_log(R"({"level": "loud"})"), put_log("debug"), put_log(""),
                       put_log(R"({"level": "debug"})", "text/plain"),
                       put_log(R"({"level": "debug"})", "application/json", "?limit=1")}) {
    web_connection_bench all;
    CHECK(http::status_of(all, request) / 100 == 4);
    CHECK(all.host->least == log_level::info);
  }
}

TEST_CASE("names of levels are those of the log, in its order") {
  for (std::size_t i = 0; i < log_level_names.size(); ++i)
    CHECK(log_level_names[i] == to_string(static_cast<log_level>(i)));
}

TEST_CASE("the web server answers with the log of its gateway") {
  web_bench bench;
  auto lines = json::parse(bench.get("/api/v1/log").body).at("lines").as_array();
  REQUIRE(!lines.empty());
  CHECK(lines.front().as_string().starts_with("time="));
}
