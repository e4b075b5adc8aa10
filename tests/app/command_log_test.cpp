#include "app/commands/log.hpp"

#include "command_fixture.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

TEST_CASE("the newest lines of the log are printed, and what is logged is told beside them") {
  fake_web_gateway gateway{one_connection(
      {{"GET /api/v1/log?limit=2", R"({"level":"info","lines":["level=info a","b\u001b[2J"]})"}})};
  recorded_console to;
  CHECK(run_log({options_for(gateway.url()), {}, 2}, to.io) == 0);
  CHECK(to.out.str().starts_with("level=info a\n"));
  CHECK(to.out.str().find('\x1b') == std::string::npos);
  CHECK(to.err.str() == "level: info\n");
}

TEST_CASE("another level is asked for once, and told with what it was") {
  fake_web_gateway gateway{
      one_connection({{"PUT /api/v1/log", R"({"level":"debug","was":"info"})"}})};
  recorded_console to;
  CHECK(run_log({options_for(gateway.url()), "debug"}, to.io) == 0);
  CHECK(to.out.str() == "");
  CHECK(to.err.str()
        == "the log begins at debug now, it was info; until a restart, or SIGHUP\n");
  REQUIRE(gateway.seen().size() == 1);
  CHECK(gateway.seen().front().body == R"({"level":"debug"})");
}

TEST_CASE("the log as JSON is the document as it came") {
  const std::string document = R"({"level":"info","lines":["a"],"new":1})";
  fake_web_gateway gateway{one_connection({{"GET /api/v1/log?limit=100", document}})};
  recorded_console to;
  CHECK(run_log({options_for(gateway.url(), output_format::json)}, to.io) == 0);
  CHECK(to.out.str() == document + "\n");
}

TEST_CASE("without the scope a log tells how to get it, and fails") {
  fake_web_gateway gateway{one_connection(
      {{"PUT /api/v1/log", problem_json("scope-missing", "this needs a token of scope admin"),
        403}})};
  recorded_console to;
  CHECK(run_log({options_for(gateway.url()), "debug"}, to.io) == exit_codes::failed);
  CHECK(to.err.str().find("--scope") != std::string::npos);
}
