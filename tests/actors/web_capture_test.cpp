#include "actors/capture.hpp"
#include "tests/actors/web_bench.hpp"
#include "tests/actors/web_requests.hpp"

#include <boost/json/parse.hpp>

using namespace xylem;
using namespace xylem::testing;
namespace json = boost::json;

namespace {

const std::string target = "/api/v1/meshes/field/capture";

struct capture_connection : web_connection_bench {
  void answer(capture_answer what) {
    REQUIRE(host->captures.size() == 1);
    auto done = std::move(host->captures.front().second);
    host->captures.clear();
    done(std::move(what));
    run();
  }
};

} // namespace

TEST_CASE("captured traffic is asked for from a cursor on, and answered as a page") {
  capture_connection all;
  all.receive(http::get(target + "?cursor=7&limit=3"));
  REQUIRE(all.host->captures.size() == 1);
  CHECK(all.host->captures.front().first.from == 7);
  CHECK(all.host->captures.front().first.max_records == 3);
  CHECK(all.host->captures.front().first.max_bytes == limits::capture_page_bytes);
  all.answer(capture_page{.next = 9, .lost = 2, .complete = true, .dialect = "classic"});
  auto answer = http::only_answer(all);
  CHECK(answer.status == 200);
  CHECK(answer.has("Cache-Control: no-cache"));
  auto body = json::parse(answer.body);
  CHECK(body.at("next") == "9");
  CHECK(body.at("lost") == 2);
}

TEST_CASE("captured traffic needs a token of scope admin") {
  capture_connection all;
  all.host->scope = access_scope::command;
  CHECK(http::status_of(all, http::get(target)) == 403);
  CHECK(all.host->captures.empty());
}

TEST_CASE("captured traffic of a mesh that is not there is a problem") {
  capture_connection all;
  CHECK(http::status_of(all, http::get("/api/v1/meshes/cellar/capture")) == 404);
}

TEST_CASE("why there is no captured traffic is told") {
  capture_connection all;
  all.receive(http::get(target));
  all.answer(problem{problem_kind::nothing_captured, "capture_bytes of this mesh is 0"});
  auto answer = http::only_answer(all);
  CHECK(answer.status == 404);
  CHECK(answer.body.find("urn:xylem:nothing-captured") != std::string::npos);
}

TEST_CASE("the web server asks the capture of the mesh") {
  web_bench bench;
  bench.capture = bench.world.system.spawn(xylem::capture, &bench.settings.meshes[0],
                                           &bench.world.env);
  bench.wire();
  caf::anon_send(bench.capture, captured{bench.world.clock.now(), capture_kind::to_root,
                                         bytes(2, std::byte{0xFE})});
  bench.world.run();
  auto answer = bench.get(target);
  CHECK(answer.status == 200);
  auto record = json::parse(answer.body).at("records").at(0);
  CHECK(record.at("kind") == "to_root");
  CHECK(record.at("data") == "fefe");
  caf::anon_send_exit(bench.capture, caf::exit_reason::kill);
  bench.world.run();
}

TEST_CASE("a capture that is restarted is not available, and one that is off is not found") {
  web_bench bench;
  CHECK(bench.get(target).status == 503);
  web_bench off{[](gateway_settings& all) { all.meshes[0].capture_bytes = 0; }};
  CHECK(off.get(target).status == 404);
}
