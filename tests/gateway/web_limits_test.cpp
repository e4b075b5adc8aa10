// Who is slow, too large or too many is cut off and counted; the others are served.
#include "gateway_process.hpp"
#include "raw_client.hpp"
#include "waiting.hpp"
#include "web_client.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

std::int64_t cut_off(web_client& web, const std::string& reason) {
  auto status = web.document("/api/v1/status");
  return status.at_pointer("/web/cut_off/" + reason).to_number<std::int64_t>();
}

} // namespace

TEST_CASE("requests that do not go on are answered 408 and counted, and others are served") {
  one_mesh mesh;
  auto port = mesh.gateway.url().where.port;
  web_client web{place_of(mesh.gateway)};
  std::vector<std::unique_ptr<raw_client>> slow;
  for (auto i = 0; i < 20; ++i) {
    slow.push_back(std::make_unique<raw_client>(port));
    slow.back()->write("GET /livez HTTP/1.1\r\nHost: localhost\r\nX-");
  }
  raw_client half{port};
  half.write("POST /api/v1/meshes/default/commands HTTP/1.1\r\nHost: localhost\r\n"
             "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"kind\"");
  raw_client silent{port}; // says nothing at all: it may, for a minute
  while (cut_off(web, "header_timeout") < 20 || cut_off(web, "body_timeout") < 1) {
    CHECK(web.get("/livez").status == 200);
    for (auto each = slow.begin() + 1; each != slow.end(); ++each)
      try {
        (*each)->write("x");               // a byte now and then does not help
      } catch (const std::system_error&) { // it has been cut off
      }
    poll(nullptr, 0, 100); // lets the gateway's clock go on
  }
  auto answer = parse_answer("GET", slow.front()->read_to_end());
  record_answer("GET", "/livez", answer);
  CHECK(answer.status == 408);
  CHECK(problem_of(answer) == "request-timeout");
  answer = parse_answer("POST", half.read_to_end());
  record_answer("POST", "/api/v1/meshes/default/commands", answer);
  CHECK(answer.status == 408);
  CHECK(eventually([&] {
    return web.document("/api/v1/status").at_pointer("/web/connections").to_number<int>() == 2;
  }));
}

TEST_CASE("a header that is too large, and what is not HTTP, is answered, counted and closed") {
  one_mesh mesh;
  auto port = mesh.gateway.url().where.port;
  web_client web{place_of(mesh.gateway)};
  auto much = std::string(8 * 1024, 'x');
  auto answer =
      exchange_raw(port, "GET", "/livez", "GET /livez HTTP/1.1\r\nX-Much: " + much + "\r\n\r\n");
  CHECK(problem_of(answer) == "headers-too-large");
  CHECK(cut_off(web, "header_too_large") == 1);
  answer = exchange_raw(port, "GET", "/livez", "GET /livez HTTP/9.9\r\n\r\n");
  CHECK(problem_of(answer) == "bad-request");
  for (auto garbage : {std::string(100, '\0'), std::string{"[GET]"} + std::string(20, '\xFF')}) {
    raw_client client{port};
    client.write(garbage);
    auto told = parse_answer("GET", client.read_to_end());
    CHECK(problem_of(told) == "bad-request");
  }
  CHECK(cut_off(web, "bad_request") == 3);
  answer = exchange_raw(port, "POST", "/api/v1/meshes/default/commands",
                        "POST /api/v1/meshes/default/commands HTTP/1.1\r\nHost: localhost\r\n"
                        "Content-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n");
  CHECK(problem_of(answer) == "body-too-large");
  CHECK(cut_off(web, "body_too_large") == 1);
}

TEST_CASE("one connection too many is told so, and there is room again when another has gone") {
  one_mesh mesh{{"web.connections=2"}};
  auto port = mesh.gateway.url().where.port;
  web_client web{place_of(mesh.gateway)};
  REQUIRE(web.get("/livez").status == 200);
  {
    raw_client second{port};
    CHECK(second.ask("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", 15) == "HTTP/1.1 200 OK");
    raw_client third{port};
    auto answer = parse_answer("GET", third.read_to_end());
    record_answer("GET", "/livez", answer);
    CHECK(answer.status == 503);
    CHECK(problem_of(answer) == "too-many-connections");
  }
  CHECK(eventually(
      [&] { return web.document("/api/v1/status").at_pointer("/web/connections") == 1; }));
  CHECK(web_client{place_of(mesh.gateway)}.get("/livez").status == 200);
  CHECK(web.document("/api/v1/status").at_pointer("/web/turned_away") == 1);
}

TEST_CASE("requests that are sent in one go are answered in order, also byte by byte") {
  one_mesh mesh;
  raw_client client{mesh.gateway.url().where.port};
  std::string requests = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
                         "GET /api/v1/commands/99 HTTP/1.1\r\nHost: localhost\r\n\r\n"
                         "GET /livez HTTP/1.0\r\nHost: localhost\r\n\r\n";
  for (auto c : requests)
    client.write({&c, 1});
  auto all = client.read_to_end();
  auto first = all.find("HTTP/1.1 200");
  auto second = all.find("HTTP/1.1 404");
  auto third = all.rfind("HTTP/1.1 200");
  CHECK(first == 0);
  CHECK(second > first);
  CHECK(third > second);
}
