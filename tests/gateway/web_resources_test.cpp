// What a gateway tells over HTTP: each resource, and what is wrong with a question.
#include "gateway_process.hpp"
#include "waiting.hpp"
#include "web_client.hpp"
#include "web_socket_client.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace json = boost::json;

namespace {

const std::string api = "/api/v1";
const std::string mesh_path = api + "/meshes/default";
const std::string nodes_path = mesh_path + "/nodes";

/// Everything that is asked with GET, but for /ws, as a gateway with node 5 and its GPS has it.
const std::vector<std::string> documents{"/livez",
                                         "/readyz",
                                         "/openapi.json",
                                         "/metrics",
                                         api + "/status",
                                         api + "/meshes",
                                         mesh_path,
                                         nodes_path,
                                         nodes_path + "/5",
                                         nodes_path + "/5/readings",
                                         nodes_path + "/5/readings/GPS",
                                         nodes_path + "/5/history/GPS",
                                         mesh_path + "/readings/GPS",
                                         mesh_path + "/capture",
                                         api + "/commands/1",
                                         api + "/incidents",
                                         api + "/configuration",
                                         api + "/log",
                                         api + "/subscribers"};

const std::string karlsruhe = "\x0C\xD3\x54\x1A\xC9\xD1"; // 840532 and 1755601 of 10⁻⁵ degrees

/// Node 5 has sent where it is; command 1 was the question for the nodes.
struct one_node : one_mesh {
  one_node() { learn(5, {{"GPS", karlsruhe}}); }

  web_client web{place_of(gateway)};
};

std::string target_with(const std::string& path, const std::string& query) {
  return path + (path.find('?') == std::string::npos ? "?" : "&") + query;
}

} // namespace

TEST_CASE("every document is there, also for HEAD, which tells its length and sends nothing") {
  one_node mesh;
  for (const auto& target : documents) {
    INFO(target);
    auto answer = mesh.web.get(target);
    CHECK(answer.status == 200);
    CHECK(answer.header("content-length") == std::to_string(answer.body.size()));
    auto head = mesh.web.ask("HEAD", target);
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK(std::stoul(head.header("content-length")) > 0);
    CHECK(head.header("content-type") == answer.header("content-type"));
  }
}

TEST_CASE("a parameter that is not listed, or of a wrong value, or given twice, is an error") {
  one_node mesh;
  auto documents_and_socket = documents;
  documents_and_socket.push_back("/ws");
  for (const auto& target : documents_and_socket) {
    INFO(target);
    auto answer = mesh.web.get(target_with(target, "limt=5"));
    CHECK(answer.status == 400);
    CHECK(problem_of(answer) == "bad-request");
    CHECK(answer.body.find("limt") != std::string::npos);
  }
  for (auto query : {"limit=0", "limit=1001", "limit=ten", "limit=5&limit=6", "cursor=x",
                     "status=asleep", "%zz=1"}) {
    INFO(query);
    CHECK(problem_of(mesh.web.get(target_with(nodes_path, query))) == "bad-request");
  }
  for (auto query : {"from=yesterday", "to=-1", "from=20&to=10"})
    CHECK(problem_of(mesh.web.get(target_with(nodes_path + "/5/history/GPS", query)))
          == "bad-request");
  CHECK(problem_of(mesh.web.get(nodes_path + "/5/readings/GPS?max_age=old")) == "bad-request");
}

TEST_CASE("a path has its methods, and another one is told which they are") {
  one_node mesh;
  auto with_page = documents;
  with_page.insert(with_page.end(), {"/", "/ws"});
  for (const auto& target : with_page) {
    INFO(target);
    auto answer = mesh.web.ask("DELETE", target);
    CHECK(answer.status == 405);
    CHECK(problem_of(answer) == "method-not-allowed");
    CHECK(answer.header("allow") == (target == api + "/log" ? "GET, HEAD, PUT" : "GET, HEAD"));
  }
  auto answer = mesh.web.get(mesh_path + "/commands");
  CHECK(answer.status == 405);
  CHECK(answer.header("allow") == "POST");
}

TEST_CASE("what is not there is named: the mesh, the node, the type, the command, the path") {
  one_node mesh;
  auto answers = [&](const std::string& target) { return problem_of(mesh.web.get(target)); };
  for (auto rest : {"", "/nodes", "/nodes/5", "/nodes/5/readings", "/nodes/5/readings/GPS",
                    "/nodes/5/history/GPS", "/readings/GPS"})
    CHECK(answers(api + "/meshes/nowhere" + rest) == "mesh-not-found");
  for (auto rest : {"", "/readings", "/readings/GPS", "/history/GPS"})
    CHECK(answers(nodes_path + "/9" + rest) == "node-not-found");
  CHECK(answers(nodes_path + "/5/readings/TMP") == "type-not-found");
  CHECK(answers(nodes_path + "/5/history/TMP") == "type-not-found");
  CHECK(answers(api + "/commands/99") == "command-not-found");
  CHECK(answers(api + "/nonsense") == "not-found");
  CHECK(answers("/js/nonsense.js") == "not-found");
  CHECK(answers("/..%2f..%2fetc%2fpasswd") == "not-found");
  CHECK(answers(nodes_path + "/65536") == "bad-request");
  CHECK(answers(nodes_path + "/5/readings/LONG") == "bad-request");
}

TEST_CASE("a reading is told with its value and its age, however the path spells it") {
  one_node mesh;
  auto plain = mesh.web.document(nodes_path + "/5/readings/GPS");
  CHECK(plain.at("node") == 5);
  CHECK(plain.at("type") == "GPS");
  CHECK(plain.at("data") == "0cd3541ac9d1");
  CHECK(plain.at("value").at("longitude") == 8.40532);
  CHECK(plain.at("value").at("latitude") == 17.55601);
  CHECK(plain.at("status") == "active");
  CHECK(plain.at("age").to_number<double>() >= 0);
  for (auto spelled : {"/0x0005/readings/0x475053", "/5/readings/%47%50%53"})
    CHECK(mesh.web.document(nodes_path + spelled).at("seq") == plain.at("seq"));
  auto latest = mesh.web.document(nodes_path + "/5/readings").at("readings").as_array();
  REQUIRE(latest.size() == 1);
  CHECK(latest[0].at("seq") == plain.at("seq"));
}

TEST_CASE("a reading that is older than max_age is a problem, a younger one is told") {
  one_node mesh;
  auto latest = nodes_path + "/5/readings/GPS?max_age=";
  CHECK(mesh.web.get(latest + "1000").status == 200);
  std::string told;
  CHECK(eventually([&] { // until it is a millisecond old
    told = problem_of(mesh.web.get(latest + "0"));
    return !told.empty();
  }));
  CHECK(told == "reading-too-old");
}

TEST_CASE("state that has not changed is not sent again, state that has changed is") {
  one_node mesh;
  for (auto target :
       {nodes_path, nodes_path + "/5", nodes_path + "/5/readings", nodes_path + "/5/readings/GPS",
        nodes_path + "/5/history/GPS", mesh_path + "/readings/GPS", std::string{"/"},
        std::string{"/openapi.json"}}) {
    INFO(target);
    auto tag = mesh.web.get(target).header("etag");
    CHECK_FALSE(tag.empty());
    auto unchanged = mesh.web.get(target, {{"If-None-Match", "\"other\", " + tag}});
    CHECK(unchanged.status == 304);
    CHECK(unchanged.body.empty());
    CHECK(unchanged.header("etag") == tag);
    CHECK(mesh.web.get(target, {{"If-None-Match", "\"other\""}}).status == 200);
  }
  auto tag = mesh.web.get(nodes_path + "/5").header("etag");
  mesh.learn(5, {{"GPS", "other "}});
  CHECK(mesh.web.get(nodes_path + "/5", {{"If-None-Match", tag}}).status == 200);
}

TEST_CASE("the page and its files are compressed for who takes gzip, and plain for who does not") {
  one_mesh mesh;
  web_client web{place_of(mesh.gateway)};
  for (auto target : {"/", "/js/app.js", "/css/base.css", "/openapi.json", "/?view=nodes"}) {
    INFO(target);
    auto plain = web.get(target);
    auto compressed = web.get(target, {{"Accept-Encoding", "br, gzip"}});
    CHECK(plain.status == 200);
    CHECK(plain.header("content-encoding").empty());
    CHECK(compressed.header("content-encoding") == "gzip");
    CHECK(compressed.header("vary") == "Accept-Encoding");
    CHECK(compressed.body.starts_with("\x1F\x8B")); // the mark of gzip (RFC 1952)
    CHECK(compressed.body.size() < plain.body.size());
    CHECK(plain.header("content-security-policy").find("default-src 'none'") == 0);
  }
}

TEST_CASE("the text for Prometheus tells what the status tells") {
  one_node mesh;
  auto text = mesh.web.get("/metrics");
  CHECK(text.header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(text.body.find("\nxylem_link_state{mesh=\"default\",state=\"up\"} 1\n")
        != std::string::npos);
}

TEST_CASE("a cable that is pulled is an incident, and its end is told when it is back") {
  one_node mesh;
  auto newest = [&] { return mesh.web.document(api + "/incidents").at("incidents").as_array(); };
  CHECK(newest().empty());
  mesh.root.unplug();
  CHECK(eventually([&] { return !newest().empty(); }));
  auto incident = newest()[0];
  CHECK(incident.at("actor") == "uart/default");
  CHECK(incident.at("end").is_null());
  CHECK(mesh.web.document(mesh_path).at("link").at("state") == "down");
  CHECK(mesh.web.get("/readyz").status == 200); // it waits for its port: nothing is wrong with it
  CHECK(mesh.web.document(nodes_path + "/5").at("status") == "disconnected");
  mesh.root.plug();
  CHECK(eventually([&] { return !newest()[0].at("end").is_null(); }));
  mesh.root.unplug();
  CHECK(eventually([&] { return newest().size() == 2; }));
  auto pages = mesh.web.all(api + "/incidents?limit=1", "incidents");
  REQUIRE(pages.size() == 2);
  CHECK(pages[0].at("id") == newest()[0].at("id"));
  CHECK(pages[1].at("id") == incident.at("id"));
}

TEST_CASE("who follows events is listed, with what became of them") {
  one_node mesh;
  auto list = [&] { return mesh.web.document(api + "/subscribers").at("subscribers").as_array(); };
  CHECK(list().empty());
  web_socket_client socket{place_of(mesh.gateway)};
  socket.ask({{"type", "subscribe"}, {"policy", "latest"}, {"snapshot", false}});
  REQUIRE(list().size() == 1);
  CHECK(list()[0].at("policy") == "latest");
  CHECK(list()[0].at("kind") == "websocket");
  mesh.root.say(message(5, "hello"));
  socket.next_of("events");
  CHECK(eventually([&] { return list()[0].at("delivered").to_number<int>() > 0; }));
  socket.close();
  CHECK(eventually([&] { return list().empty(); }));
}

TEST_CASE("a request that can be told is told its problem though a connection has ended before") {
  one_mesh mesh;
  web_client web{place_of(mesh.gateway)};
  auto longest = "/api/v1/meshes/" + std::string(2048 - 15, 'x');
  CHECK(problem_of(web.get(longest)) == "mesh-not-found");
  auto answer = web.get(longest + "x");
  CHECK(problem_of(answer) == "target-too-long");
  CHECK(answer.header("connection") == "close");
  CHECK(web.get("/livez").status == 200);
}
