// What is logged changes while a gateway runs: over HTTP, and by the command for it.
#include "gateway_process.hpp"
#include "web_client.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

const std::string log_path = "/api/v1/log";

process_end run_log(const one_mesh& mesh, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"log", "--url", to_string(mesh.gateway.url())});
  return run_xylem(arguments, mesh.folder.path());
}

std::string create_token(const temp_folder& folder, const std::string& scope) {
  auto over = run_xylem(
      {"token", "create", scope, "--scope", scope, "--file", folder / "tokens.json"},
      folder.path());
  REQUIRE_MESSAGE(over.code == 0, over.err);
  return over.out.substr(0, over.out.find('\n'));
}

} // namespace

TEST_CASE("the level of the log is told, changed, and the change is in the log") {
  one_mesh mesh;
  web_client web{place_of(mesh.gateway)};
  CHECK(web.document(log_path).at("level") == "info");
  auto answer = web.ask("PUT", log_path, {{"Content-Type", "application/json"}},
                        R"({"level": "debug"})");
  CHECK(answer.status == 200);
  CHECK(parse(answer).at("was") == "info");
  CHECK(web.document(log_path).at("level") == "debug");
  CHECK(mesh.gateway.log().find("msg=\"the level of the log was changed\" from=info to=debug")
        != std::string::npos);
  mesh.root.print("boot\r\n"); // what the root prints is told at debug
  mesh.gateway.await_log("level=debug");
}

TEST_CASE("a level that there is not, another type and a missing length change nothing") {
  one_mesh mesh;
  web_client web{place_of(mesh.gateway)};
  auto put = [&](const std::string& type, const std::string& body) {
    return problem_of(web.ask("PUT", log_path, {{"Content-Type", type}}, body));
  };
  CHECK(put("application/json", R"({"level": "loud"})") == "bad-request");
  CHECK(put("text/plain", R"({"level": "debug"})") == "json-expected");
  auto answer = exchange_raw(mesh.gateway.url().where.port, "PUT", log_path,
                             "PUT " + log_path + " HTTP/1.1\r\nHost: localhost\r\n"
                             "Content-Type: application/json\r\n\r\n");
  CHECK(problem_of(answer) == "length-required");
  CHECK(web.document(log_path).at("level") == "info");
}

TEST_CASE("only an administrator changes what is logged") {
  temp_folder folder;
  auto command = create_token(folder, "command");
  auto admin = create_token(folder, "admin");
  one_mesh mesh{{"web.tokens=" + folder / "tokens.json"}};
  auto put = [&](const std::string& token) {
    return web_client{place_of(mesh.gateway, token)}.ask(
        "PUT", log_path, {{"Content-Type", "application/json"}}, R"({"level": "error"})");
  };
  CHECK(problem_of(put("")) == "token-required");
  CHECK(problem_of(put(command)) == "scope-missing");
  CHECK(put(admin).status == 200);
}

TEST_CASE("xylem log shows the newest lines, and changes the level") {
  one_mesh mesh;
  auto over = run_log(mesh, {"warning"});
  CHECK_MESSAGE(over.code == 0, over.err);
  CHECK(over.err.find("warning now, it was info") != std::string::npos);
  over = run_log(mesh, {});
  CHECK(over.code == 0);
  CHECK(over.out.find("msg=\"port opened\"") != std::string::npos);
  CHECK(over.err == "level: warning\n");
  CHECK(run_log(mesh, {"loud"}).code == 2);
}
