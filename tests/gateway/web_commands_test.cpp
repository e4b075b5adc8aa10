// Commands over HTTP: accepted, followed, refused.
#include "gateway_process.hpp"
#include "waiting.hpp"
#include "web_client.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace json = boost::json;

namespace {

const std::string commands = "/api/v1/meshes/default/commands";

std::string text_at(const json::value& document, const std::string& member) {
  return std::string{document.at(member).as_string()};
}

/// Follows a command that was accepted until it is in this state.
bool becomes(web_client& web, const web_answer& accepted, const std::string& state) {
  return eventually(
      [&] { return text_at(web.document(accepted.header("location")), "state") == state; });
}

} // namespace

TEST_CASE("each kind of command is accepted, named by its location, and reaches the root") {
  one_mesh mesh;
  web_client web{place_of(mesh.gateway)};
  struct example {
    std::string body;
    std::string heard;
  };
  for (const auto& [body, heard] : std::vector<example>{
           {R"({"kind": "send", "node": 5, "text": "hello"})",
            as_command(send_request(5, "hello"))},
           {R"({"kind": "send", "node": "0x0005", "data": "FF00"})",
            as_command(send_request(5, std::string{"\xFF\0", 2}))},
           {R"({"kind": "broadcast", "text": "all"})", as_command(broadcast_request("all"))}}) {
    INFO(body);
    auto answer = web.post(commands, body);
    REQUIRE(answer.status == 202);
    auto told = parse(answer);
    CHECK(told.at("state") == "accepted");
    CHECK(answer.header("location")
          == "/api/v1/commands/" + std::to_string(told.at("id").to_number<int>()));
    mesh.root.await_command(heard);
    CHECK(becomes(web, answer, "written"));
    CHECK_FALSE(web.document(answer.header("location")).at("finished").is_null());
  }
  for (auto body : {R"({"kind": "network_info"})", R"({"kind": "reset_root"})",
                    R"({"kind": "clean", "confirm": "clean"})"}) {
    INFO(body);
    auto answer = web.post(commands, body);
    REQUIRE(answer.status == 202);
    CHECK(becomes(web, answer, "written"));
  }
  CHECK(mesh.root.count(ninfo) == 2); // when the link came up, and now
}

TEST_CASE("a command that waits too long is expired, and its place is free again") {
  one_mesh mesh{{"mesh.command_ttl=50ms"}};
  web_client web{place_of(mesh.gateway)};
  mesh.root.freeze();
  auto answer = web.post(commands, R"({"kind": "send", "node": 5, "text": "late"})");
  REQUIRE(answer.status == 202);
  CHECK(becomes(web, answer, "expired"));
  mesh.root.thaw();
}

TEST_CASE("what is no command is told why, and nothing reaches the root") {
  one_mesh mesh;
  web_client web{place_of(mesh.gateway)};
  auto refused = [&](const std::string& body) { return problem_of(web.post(commands, body)); };
  CHECK(refused("{") == "bad-request");
  for (auto body :
       {"[]", "{}", R"({"kind": "explode"})", R"({"kind": "send", "text": "x"})",
        R"({"kind": "send", "node": 65536, "text": "x"})", R"({"kind": "send", "node": 5})",
        R"({"kind": "send", "node": 5, "text": "x", "data": "00"})",
        R"({"kind": "send", "node": 5, "data": "0"})", R"({"kind": "send", "node": 5, "text": ""})",
        R"({"kind": "network_info", "node": 5})"}) {
    INFO(body);
    CHECK(refused(body) == "command-invalid");
  }
  CHECK(refused(R"({"kind": "broadcast", "text": ")" + std::string(256, 'x') + "\"}")
        == "command-invalid");
  CHECK(refused(R"({"kind": "clean"})") == "confirmation-missing");
  CHECK(problem_of(web.post("/api/v1/meshes/nowhere/commands", R"({"kind": "network_info"})"))
        == "mesh-not-found");
  auto typed = [&](const std::string& type) {
    return web.ask("POST", commands, {{"Content-Type", type}}, R"({"kind": "network_info"})");
  };
  CHECK(problem_of(typed("text/plain")) == "json-expected");
  CHECK(typed("application/json; charset=utf-8").status == 202);
  mesh.root.await_command(ninfo, 2);
  CHECK(mesh.root.heard() == std::vector{ninfo, ninfo});
}

TEST_CASE("a body needs its length, and has an end") {
  one_mesh mesh;
  auto port = mesh.gateway.url().where.port;
  auto head =
      "POST " + commands + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  auto answer = exchange_raw(port, "POST", commands, head + "\r\n");
  CHECK(problem_of(answer) == "length-required");
  CHECK(answer.header("connection") == "close");
  answer = exchange_raw(port, "POST", commands, head + "Content-Length: 65537\r\n\r\n");
  CHECK(problem_of(answer) == "body-too-large");
  answer = exchange_raw(port, "POST", commands,
                        head
                            + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "8\r\n{\"kind\":\r\n10\r\n\"network_info\"} \r\n0\r\n\r\n");
  CHECK(answer.status == 202);
}

TEST_CASE("commands are refused while the queue is full, or the link is down") {
  one_mesh mesh{{"mesh.transmit_queue_commands=2", "mesh.transmit=gap"}};
  web_client web{place_of(mesh.gateway)};
  web_answer answer;
  for (auto i = 0; i < 4 && answer.status != 429; ++i)
    answer = web.post(commands, R"({"kind": "broadcast", "text": "waits"})");
  CHECK(problem_of(answer) == "queue-full");
  CHECK(answer.header("retry-after") == "1");
  mesh.root.unplug();
  mesh.gateway.await_log("waiting for the port");
  answer = web.post(commands, R"({"kind": "network_info"})");
  CHECK(answer.status == 503);
  CHECK(problem_of(answer) == "no-serial-connection");
  CHECK(answer.header("retry-after") == "1");
}
