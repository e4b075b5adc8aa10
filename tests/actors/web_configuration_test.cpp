#include "tests/actors/web_bench.hpp"
#include "tests/actors/web_connection_bench.hpp"
#include "tests/actors/web_requests.hpp"

#include <boost/json/parse.hpp>

using namespace xylem;
using namespace xylem::testing;
namespace json = boost::json;

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
  CHECK(json::parse(answer.body) == json::parse(R"({"lines":["two \"2\"","three"]})"));
}

TEST_CASE("configuration and log need a token of scope admin") {
  for (auto target : {"/api/v1/configuration", "/api/v1/log"}) {
    web_connection_bench all;
    all.host->scope = access_scope::command;
    CHECK(http::status_of(all, http::get(target)) == 403);
  }
}

TEST_CASE("the web server answers with the log of its gateway") {
  web_bench bench;
  auto lines = json::parse(bench.get("/api/v1/log").body).at("lines").as_array();
  REQUIRE(!lines.empty());
  CHECK(lines.front().as_string().starts_with("time="));
}
