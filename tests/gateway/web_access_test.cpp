// Who may: tokens, TLS, origins, hosts.
#include "gateway_process.hpp"
#include "shell.hpp"
#include "waiting.hpp"
#include "web_client.hpp"
#include "web_socket_client.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

#include <csignal>

using namespace xylem;
using namespace xylem::testing;

namespace {

const std::string api = "/api/v1";
const std::string mesh_path = api + "/meshes/default";
const std::string commands = mesh_path + "/commands";
const std::string network_info = R"({"kind": "network_info"})";

/// What is asked with GET and needs a token, of scope `read` but for captures.
const std::vector<std::string> guarded{"/metrics",
                                       "/ws",
                                       api + "/status",
                                       api + "/meshes",
                                       mesh_path,
                                       mesh_path + "/nodes",
                                       mesh_path + "/nodes/5",
                                       mesh_path + "/nodes/5/readings",
                                       mesh_path + "/nodes/5/readings/GPS",
                                       mesh_path + "/nodes/5/history/GPS",
                                       mesh_path + "/readings/GPS",
                                       mesh_path + "/capture",
                                       api + "/commands/1",
                                       api + "/incidents",
                                       api + "/configuration",
                                       api + "/log",
                                       api + "/subscribers"};

const std::vector<std::string> open_to_all{"/", "/livez", "/readyz", "/openapi.json"};

/// Prints a token once, and stores its hash.
std::string create_token(const temp_folder& folder, const std::string& name,
                         const std::string& scope) {
  auto over = run_xylem(
      {"token", "create", name, "--scope", scope, "--file", folder / "tokens.json"}, folder.path());
  REQUIRE_MESSAGE(over.code == 0, over.err);
  return over.out.substr(0, over.out.find('\n'));
}

/// A gateway with a token of each scope.
struct with_tokens {
  with_tokens() {
    root.plug();
    for (auto scope : {"read", "command", "admin"})
      tokens[scope] = create_token(folder, scope, scope);
    gateway.emplace(folder,
                    std::vector<std::string>{"--serial", root.link(), "--listen", "127.0.0.1:0",
                                             "--set", "mesh.transmit=stream", "--set",
                                             "web.tokens=" + folder / "tokens.json"});
    root.await_command(ninfo);
  }

  web_client as(const std::string& scope) const {
    return web_client{place_of(*gateway, scope.empty() ? "" : tokens.at(scope))};
  }

  temp_folder folder;
  pty_root root{folder / "root"};
  std::map<std::string, std::string> tokens;
  std::optional<gateway_process> gateway;
};

} // namespace

TEST_CASE("without a token, or with one that is not known, nothing is told but what is open") {
  with_tokens house;
  auto nobody = house.as("");
  web_client stranger{place_of(*house.gateway, "xyl_" + std::string(43, 'A'))};
  for (const auto& target : guarded) {
    INFO(target);
    auto answer = nobody.get(target);
    CHECK(problem_of(answer) == "token-required");
    CHECK(answer.header("www-authenticate").starts_with("Bearer"));
    CHECK(problem_of(stranger.get(target)) == "token-unknown");
  }
  CHECK(problem_of(nobody.post(commands, network_info)) == "token-required");
  for (const auto& target : open_to_all)
    CHECK(nobody.get(target).status == 200);
}

TEST_CASE("a token does what its scope allows, and no more") {
  with_tokens house;
  struct rule {
    std::string body;
    std::string scope; ///< the least that is needed
  };
  for (const auto& [body, needed] :
       std::vector<rule>{{R"({"kind": "send", "node": 5, "text": "x"})", "command"},
                         {R"({"kind": "broadcast", "text": "x"})", "command"},
                         {network_info, "command"},
                         {R"({"kind": "reset_root"})", "admin"},
                         {R"({"kind": "clean", "confirm": "clean"})", "admin"}}) {
    INFO(body);
    CHECK(problem_of(house.as("read").post(commands, body)) == "scope-missing");
    auto answer = house.as("command").post(commands, body);
    CHECK(answer.status == (needed == "command" ? 202 : 403));
    CHECK(house.as("admin").post(commands, body).status == 202);
  }
  for (auto scope : {"read", "command", "admin"}) {
    CHECK(house.as(scope).get(api + "/status").status == 200);
    // Messages to and from everybody are in it.
    CHECK(house.as(scope).get(mesh_path + "/capture").status
          == (scope == std::string{"admin"} ? 200 : 403));
  }
}

TEST_CASE("a token that is revoked opens nothing more, and ends its WebSocket with 1008") {
  with_tokens house;
  web_socket_client socket{place_of(*house.gateway, house.tokens["read"])};
  CHECK(socket.answer().status == 101);
  CHECK(socket.next().at("scopes") == boost::json::array{"read"});
  auto over = run_xylem({"token", "revoke", "read", "--file", house.folder / "tokens.json"},
                        house.folder.path());
  REQUIRE_MESSAGE(over.code == 0, over.err);
  CHECK(socket.await_end().code == 1008);
  CHECK(problem_of(house.as("read").get(api + "/status")) == "token-unknown");
  auto admin = house.as("admin");
  CHECK(admin.document(api + "/status").at_pointer("/web/cut_off/token_revoked") == 1);
}

TEST_CASE("a browser's WebSocket brings its token as a subprotocol") {
  with_tokens house;
  auto offer = "xylem, xylem.token." + house.tokens["command"];
  web_socket_client socket{place_of(*house.gateway), {{"Sec-WebSocket-Protocol", offer}}};
  CHECK(socket.answer().status == 101);
  CHECK(socket.answer().header("sec-websocket-protocol") == "xylem");
  CHECK(socket.next().at("scopes") == boost::json::array{"read", "command"});
  web_socket_client nobody{place_of(*house.gateway)};
  CHECK(nobody.answer().status == 401);
}

TEST_CASE("a gateway whose file of tokens comes into being asks for them from then on") {
  temp_folder folder;
  pty_root root{folder / "root"};
  root.plug();
  gateway_process gateway{
      folder,
      {"--serial", root.link(), "--listen", "127.0.0.1:0", "--set", "state_dir=" + folder.path()}};
  root.await_command(ninfo);
  web_client nobody{place_of(gateway)};
  CHECK(nobody.get(api + "/status").status == 200);
  auto token = create_token(folder, "first", "read");
  CHECK(eventually([&] { return nobody.get(api + "/status").status == 401; }));
  web_client reader{place_of(gateway, token)};
  CHECK(reader.get(api + "/status").status == 200);
}

TEST_CASE("pages of another origin are refused everywhere, those of this one and of origins not") {
  one_mesh mesh{{"web.origins=https://panel.example"}};
  web_client web{place_of(mesh.gateway)};
  auto with = [&](const std::string& target, const std::string& origin) {
    return web.get(target, {{"Origin", origin}});
  };
  auto all = guarded;
  all.insert(all.end(), open_to_all.begin(), open_to_all.end());
  for (const auto& target : all) {
    INFO(target);
    CHECK(problem_of(with(target, "http://evil.example")) == "origin-refused");
    CHECK(problem_of(web.get(target, {{"Host", "evil.example"}})) == "host-refused");
  }
  CHECK(
      problem_of(web.ask("POST", commands,
                         {{"Content-Type", "application/json"}, {"Origin", "null"}}, network_info))
      == "origin-refused");
  auto own = "http://127.0.0.1:" + std::to_string(mesh.gateway.url().where.port);
  for (const auto& origin : {own, std::string{"https://panel.example"}})
    CHECK(with(api + "/status", origin).status == 200);
  CHECK(web.get(api + "/status", {{"Host", "localhost:1"}}).status == 200);
  web_socket_client foreign{place_of(mesh.gateway), {{"Origin", "http://evil.example"}}};
  CHECK(foreign.answer().status == 403);
}

TEST_CASE("with a certificate, HTTP is spoken over TLS, and nothing without") {
  temp_folder folder;
  auto made = run_shell(folder.path(),
                        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
                        "-days 2 -subj /CN=xylem -addext subjectAltName=IP:127.0.0.1 "
                        "-keyout key.pem -out certificate.pem\n");
  REQUIRE_MESSAGE(made.code == 0, made.out);
  pty_root root{folder / "root"};
  root.plug();
  gateway_process gateway{folder,
                          {"--serial", root.link(), "--listen", "127.0.0.1:0", "--set",
                           "web.certificate=" + folder / "certificate.pem", "--set",
                           "web.key=" + folder / "key.pem"}};
  root.await_command(ninfo);
  auto place = place_of(gateway);
  CHECK_THROWS(web_client{place}.get("/livez"));
  place.authority = folder / "certificate.pem";
  web_client web{place};
  CHECK(web.document(api + "/status").at("web").at("tls") == true);
  CHECK(web.get("/").status == 200);
  auto url = "https://127.0.0.1:" + std::to_string(place.port);
  auto seen = run_xylem({"status", "--json", "--url", url, "--ca", folder / "certificate.pem"},
                        folder.path());
  CHECK_MESSAGE(seen.code == 0, seen.err);
  child_process watch{{"watch", "--count", "1", "--url", url, "--ca", folder / "certificate.pem"},
                      folder.path()};
  CHECK(eventually([&] { // its WebSocket, too
    root.say(message(5, "hello"));
    return !watch.is_running();
  }));
  auto watched = watch.end();
  CHECK_MESSAGE(watched.code == 0, watched.err);
}

TEST_CASE("off loopback a gateway does not start without TLS and tokens, unless that is wanted") {
  temp_folder folder;
  const std::vector<std::string> start{"run",         "--serial", "/dev/null", "--listen",
                                       "127.0.0.1:0", "--web",    "0.0.0.0:0"};
  auto over = run_xylem(start, folder.path());
  CHECK(over.code == 2);
  CHECK(over.err.find("can be reached from other machines: set certificate and key, and tokens "
                      "(xylem token create), or listen on 127.0.0.1, or write insecure = true")
        != std::string::npos);
  auto wanted = start;
  wanted.insert(wanted.end(), {"--set", "web.insecure=true"});
  child_process gateway{wanted, folder.path()};
  CHECK(eventually([&] { return gateway.err().find("serving") != std::string::npos; }));
  gateway.signal(SIGTERM);
  CHECK(gateway.end().code == 0);
}
