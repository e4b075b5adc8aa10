#include "protocol/web_request.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

const std::string meshes = "/api/v1/meshes";
const std::string nodes = meshes + "/default/nodes";
const std::string reading = nodes + "/5/readings/GPS";

web_call call_of(std::string_view target, std::string_view method = "GET") {
  auto parsed = parse_web_request(method, target);
  if (auto wrong = std::get_if<problem>(&parsed))
    FAIL(std::string{target} << ": " << wrong->detail);
  return std::get<web_call>(parsed);
}

problem problem_of(std::string_view target, std::string_view method = "GET") {
  auto parsed = parse_web_request(method, target);
  auto wrong = std::get_if<problem>(&parsed);
  if (!wrong)
    FAIL(target);
  return *wrong;
}

problem_kind kind_of(std::string_view target, std::string_view method = "GET") {
  return problem_of(target, method).kind;
}

std::string detail_of(std::string_view target) {
  return problem_of(target).detail;
}

bool says(const std::string& detail, std::string_view part) {
  return detail.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("every resource of web section 1 has its route") {
  CHECK(call_of("/livez") == web_call{.route = web_route::livez});
  CHECK(call_of("/readyz") == web_call{.route = web_route::readyz});
  CHECK(call_of("/openapi.json") == web_call{.route = web_route::openapi});
  CHECK(call_of("/metrics") == web_call{.route = web_route::metrics});
  CHECK(call_of("/ws") == web_call{.route = web_route::websocket});
  CHECK(call_of("/api/v1/status") == web_call{.route = web_route::status});
  CHECK(call_of("/api/v1/incidents") == web_call{.route = web_route::incidents});
  CHECK(call_of("/api/v1/subscribers") == web_call{.route = web_route::subscribers});
  CHECK(call_of("/api/v1/commands/17")
        == web_call{.route = web_route::command, .command = command_id{17}});
  CHECK(call_of(meshes) == web_call{.route = web_route::meshes});
  CHECK(call_of(meshes + "/default") == web_call{.route = web_route::mesh, .mesh = "default"});
  CHECK(call_of(nodes) == web_call{.route = web_route::nodes, .mesh = "default"});
  CHECK(call_of(nodes + "/5")
        == web_call{.route = web_route::node, .mesh = "default", .node = node_address{5}});
  CHECK(call_of(nodes + "/5/readings")
        == web_call{.route = web_route::node_readings, .mesh = "default", .node = node_address{5}});
  CHECK(call_of(meshes + "/default/readings/GPS")
        == web_call{.route = web_route::readings, .mesh = "default", .code = type_code{"GPS"}});
  CHECK(call_of("/api/v1/configuration") == web_call{.route = web_route::configuration});
  CHECK(call_of("/api/v1/log?limit=7") == web_call{.route = web_route::log, .limit = 7});
  CHECK(call_of("/api/v1/log", "PUT") == web_call{.route = web_route::set_log});
  CHECK(call_of(meshes + "/default/capture?cursor=7")
        == web_call{.route = web_route::capture, .mesh = "default", .cursor = 7});
  CHECK(call_of(meshes + "/default/commands", "POST")
        == web_call{.route = web_route::submit_command, .mesh = "default"});
  web_call about_gps{.route = web_route::reading,
                     .mesh = "default",
                     .node = node_address{5},
                     .code = type_code{"GPS"}};
  CHECK(call_of(reading) == about_gps);
  about_gps.route = web_route::history;
  CHECK(call_of(nodes + "/5/history/GPS") == about_gps);
}

TEST_CASE("every route has a name of its own") {
  CHECK(to_string(web_route::asset) == "asset");
  CHECK(to_string(web_route::submit_command) == "submit_command");
  for (auto i = 0; i <= static_cast<int>(web_route::subscribers); ++i)
    for (auto j = 0; j < i; ++j)
      CHECK(to_string(static_cast<web_route>(i)) != to_string(static_cast<web_route>(j)));
}

TEST_CASE("the page and the probes need no token, and everything else does") {
  for (auto route : {web_route::asset, web_route::livez, web_route::readyz, web_route::openapi})
    CHECK_FALSE(scope_of(route));
  CHECK(scope_of(web_route::submit_command) == access_scope::command);
  CHECK(scope_of(web_route::capture) == access_scope::admin); // messages of all nodes
  CHECK(scope_of(web_route::configuration) == access_scope::admin);
  CHECK(scope_of(web_route::log) == access_scope::admin);
  CHECK(scope_of(web_route::set_log) == access_scope::admin);
  for (auto route : {web_route::metrics, web_route::websocket, web_route::reading,
                     web_route::status, web_route::subscribers})
    CHECK(scope_of(route) == access_scope::read);
}

TEST_CASE("what is not of the API is an asset, whatever its query") {
  CHECK(call_of("/") == web_call{.route = web_route::asset, .path = "/"});
  CHECK(call_of("/?mesh=a&mesh=b").path == "/");
  CHECK(call_of("/assets/page.js?v=3")
        == web_call{.route = web_route::asset, .path = "/assets/page.js"});
  CHECK(call_of("/%70age.js").path == "/page.js");
}

TEST_CASE("no path climbs out of the assets") {
  for (auto target : {"/..", "/../etc/passwd", "/a/../b", "/./a", "//a", "/a//b", "/a/", "//",
                      "/%2e%2e/a", "/%2E%2e", "/a%2fb", "/a%5cb", "/%00", "/a%0Ab", "/%2e"})
    CHECK_MESSAGE(kind_of(target) == problem_kind::not_found, std::string{target});
}

TEST_CASE("HEAD is GET") {
  CHECK(call_of(reading, "HEAD") == call_of(reading));
}

TEST_CASE("an address is decimal or hexadecimal") {
  CHECK(call_of(nodes + "/0x0005").node == node_address{5});
  CHECK(call_of(nodes + "/65535").node == node_address{65535});
  for (auto address : {"65536", "0x10000", "-1", "+5", "5a", "0x", "five", "5%20"}) {
    INFO(address);
    CHECK(kind_of(nodes + "/" + address) == problem_kind::bad_request);
    CHECK(says(detail_of(nodes + "/" + address), "such as 5 or 0x0005"));
  }
}

TEST_CASE("a type is its code, hex, or percent-encoded bytes") {
  for (auto code : {"GPS", "0x475053", "%47%50%53", "G%50S"})
    CHECK(call_of(nodes + "/5/readings/" + code).code == type_code{"GPS"});
  CHECK(call_of(nodes + "/5/readings/%2F%00").code == type_code{std::string_view{"/\0", 2}});
  for (auto code : {"GPSX", "0x", "0x4", "0x4750535a"})
    CHECK(kind_of(nodes + "/5/readings/" + code) == problem_kind::bad_request);
}

TEST_CASE("a mesh has a name as in the configuration") {
  CHECK(call_of(meshes + "/a-b_9").mesh == "a-b_9");
  CHECK(call_of(meshes + "/" + std::string(32, 'a')).mesh.size() == 32);
  for (auto name : {std::string(33, 'a'), std::string{"A"}, std::string{"a.b"},
                    std::string{"..%2F"}})
    CHECK(kind_of(meshes + "/" + name) == problem_kind::mesh_not_found);
}

TEST_CASE("a mesh that is followed has the names of its gateways before its own") {
  CHECK(call_of(meshes + "/north%2Ffield").mesh == "north/field");
  CHECK(call_of(meshes + "/office%2fnorth.example%2Ffield/nodes/5").mesh
        == "office/north.example/field");
  CHECK(call_of(meshes + "/north%2Ffield/nodes/5/history/GPS").node == node_address{5});
  for (auto name : {"north%2F", "%2Ffield", "north%2F%2Ffield", "north%2Fa.b", "North%2Ffield"})
    CHECK(kind_of(meshes + "/" + name) == problem_kind::mesh_not_found);
  CHECK(kind_of(meshes + "/" + std::string(64, 'a') + "%2F" + std::string(64, 'b') + "%2F"
                + std::string(64, 'c') + "%2Ffield-10")
        == problem_kind::mesh_not_found); // 203 characters
  CHECK(kind_of(meshes + "/north/field") == problem_kind::not_found);
}

TEST_CASE("lists take a limit and a cursor") {
  auto call = call_of(nodes + "?limit=1000&cursor=18446744073709551615&status=idle");
  CHECK(call.limit == 1000);
  CHECK(call.cursor == 18446744073709551615U);
  CHECK(call.status == node_status::idle);
  CHECK(call_of(nodes).limit == 100);
  for (auto query : {"limit=0", "limit=1001", "limit=-1", "limit=", "limit", "limit=1e2",
                     "limit=65636", "cursor=", "cursor=-1", "cursor=18446744073709551616",
                     "status=", "status=Active", "status=up"})
    CHECK_MESSAGE(kind_of(nodes + "?" + query) == problem_kind::bad_request, std::string{query});
}

TEST_CASE("times are ISO 8601 or Unix seconds") {
  auto from = [](std::string_view value) {
    return call_of(nodes + "/5/history/GPS?from=" + std::string{value}).from;
  };
  CHECK(from("2026-01-31T12:00:00Z") == wall_time{1'769'860'800s});
  CHECK(from("2026-01-31T12%3A00%3a00.250Z") == wall_time{1'769'860'800'250ms});
  CHECK(from("1769860800") == wall_time{1'769'860'800s});
  CHECK(from("1769860800.25") == wall_time{1'769'860'800'250ms});
  CHECK(from("0") == wall_time{0s});
  for (auto value : {"", "-1", "inf", "nan", "1e9", "12:00", "2026-01-31", "253402300800", "0x10",
                     ".5", "2026-01-31T12:00:00+01:00"})
    CHECK_MESSAGE(kind_of(nodes + "/5/history/GPS?to=" + value) == problem_kind::bad_request,
                  std::string{value});
  CHECK(kind_of(nodes + "/5/history/GPS?from=2&to=1") == problem_kind::bad_request);
  CHECK(call_of(nodes + "/5/history/GPS?to=1&from=1").to == wall_time{1s});
}

TEST_CASE("an age is seconds, perhaps with a fraction") {
  CHECK(call_of(reading + "?max_age=0").max_age == 0ms);
  CHECK(call_of(reading + "?max_age=2.5").max_age == 2500ms);
  CHECK(call_of(reading + "?max_age=1000000000").max_age == 1'000'000'000s);
  for (auto value : {"", "-1", "1000000001", "1e3", "inf", "nan", "5s", "1.5.2"})
    CHECK_MESSAGE(kind_of(reading + "?max_age=" + value) == problem_kind::bad_request,
                  std::string{value});
}

TEST_CASE("a step is whole seconds, at most a year of them, and only of a history") {
  const auto history = nodes + "/5/history/GPS?step=";
  CHECK(call_of(history + "1").step == 1s);
  CHECK(call_of(history + "31536000&limit=7").step == 8760h);
  CHECK_FALSE(call_of(nodes + "/5/history/GPS").step);
  for (auto value : {"", "0", "-1", "1.5", "1.0", "1h", "31536001", "18446744073709551616"})
    CHECK_MESSAGE(kind_of(history + value) == problem_kind::bad_request, std::string{value});
  CHECK(detail_of(history + "1h")
        == "parameter \"step\" is \"1h\": expected whole seconds, 1 to 31536000");
  CHECK(kind_of(reading + "?step=1") == problem_kind::bad_request);
}

TEST_CASE("a parameter with a wrong value is named, with what is expected") {
  CHECK(detail_of(nodes + "?limit=5k")
        == "parameter \"limit\" is \"5k\": expected a number from 1 to 1000");
}

TEST_CASE("an unknown parameter is named, with what the resource takes and what was meant") {
  CHECK(detail_of(nodes + "?limt=5")
        == "unknown parameter \"limt\"; this resource takes status, limit and cursor; "
           "did you mean limit?");
  CHECK(detail_of(nodes + "/5?limit=5")
        == "unknown parameter \"limit\"; this resource takes none");
  CHECK(kind_of("/livez?verbose") == problem_kind::bad_request);
  CHECK(kind_of(nodes + "?limit=5&&cursor=1") == problem_kind::bad_request);
}

TEST_CASE("a parameter is given once") {
  CHECK(detail_of(nodes + "?limit=5&limit=5") == "parameter \"limit\" is given twice");
  CHECK(detail_of(nodes + "?limit=5&l%69mit=6") == "parameter \"limit\" is given twice");
}

TEST_CASE("an empty query is none") {
  CHECK(call_of(nodes + "?") == call_of(nodes));
}

TEST_CASE("an escape is two hex digits") {
  for (auto target :
       {"/%", "/%4", "/%4g", "/%g4", "/api/v1/meshes/%zz", "/livez?a=%", "/livez?%4=1"})
    CHECK_MESSAGE(kind_of(target) == problem_kind::bad_request, std::string{target});
}

TEST_CASE("a target is a path in ASCII") {
  for (auto target : {"", "livez", "*", "http://host/livez", "/li vez", "/livez#x", "/\x80", "/a\n",
                      "/\"", "/a\\b"})
    CHECK_MESSAGE(kind_of(target) == problem_kind::bad_request, std::string{target});
  CHECK(kind_of(std::string_view{"/a\0b", 4}) == problem_kind::bad_request);
}

TEST_CASE("a target has at most 2,048 bytes") {
  CHECK(kind_of("/api/" + std::string(2043, 'a')) == problem_kind::not_found);
  CHECK(kind_of("/api/" + std::string(2044, 'a')) == problem_kind::target_too_long);
  CHECK(call_of('/' + std::string(2047, 'a')).path.size() == 2048);
}

TEST_CASE("a path that does not exist is told, with one that does") {
  CHECK(detail_of("/api/v1/mesh")
        == "there is nothing at \"/api/v1/mesh\"; did you mean /api/v1/meshes? "
           "(/openapi.json lists what there is)");
  for (auto target : {"/api", "/api/", "/api/v1", "/api/v2/status", "/api/v1/meshes/",
                      "/api/v1/meshes//nodes", "/api/v1/meshes/a/nodes/",
                      "/api/v1/status/x", "/api/v1/meshes/a/nodes/5/readings/GPS/x"})
    CHECK_MESSAGE(kind_of(target) == problem_kind::not_found, std::string{target});
  CHECK(kind_of('/' + std::string(1000, '/')) == problem_kind::not_found);
}

TEST_CASE("a resource tells which methods it allows") {
  CHECK(allowed_methods(reading) == "GET, HEAD");
  CHECK(allowed_methods(meshes + "/default/commands") == "POST");
  CHECK(allowed_methods("/api/v1/log") == "GET, HEAD, PUT");
  CHECK(allowed_methods("/") == "GET, HEAD");
  CHECK(allowed_methods("/api/v1/nothing").empty());
  CHECK(allowed_methods("nothing").empty());
}

TEST_CASE("another method is refused, with those that are allowed") {
  for (auto method : {"POST", "PUT", "DELETE", "OPTIONS", "get", ""}) {
    CHECK(kind_of(reading, method) == problem_kind::method_not_allowed);
    CHECK(says(problem_of(reading, method).detail, "GET, HEAD"));
  }
  CHECK(kind_of(meshes + "/default/commands", "GET") == problem_kind::method_not_allowed);
  CHECK(kind_of("/", "POST") == problem_kind::method_not_allowed);
  CHECK(kind_of("/api/v1/log", "POST") == problem_kind::method_not_allowed);
  CHECK(kind_of("/api/v1/log?limit=7", "PUT") == problem_kind::bad_request);
}
