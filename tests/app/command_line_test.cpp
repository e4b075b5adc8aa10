// The client commands as a user types them.
#include "app/commands/client_commands.hpp"

#include "command_fixture.hpp"
#include "tests/gateway/temp_folder.hpp"

#include <CLI/CLI.hpp>
#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

using namespace xylem;
using namespace xylem::testing;

namespace {

/// Sends a standard stream elsewhere for its lifetime.
class redirected {
public:
  explicit redirected(std::ostream& stream) : stream_{stream}, before_{stream.rdbuf(&text_)} {}
  ~redirected() { stream_.rdbuf(before_); }

  std::string text() const { return text_.str(); }

private:
  std::ostream& stream_;
  std::stringbuf text_;
  std::streambuf* before_;
};

/// Interrupts the process whenever something was written.
class interrupting_buffer : public std::stringbuf {
  int sync() override { return std::raise(SIGINT); }
};

struct typed {
  int exit_code = -1; // nothing ran
  bool usage_error = false;
  std::string out;
  std::string err;
};

typed type(const std::string& line) {
  typed result;
  CLI::App app;
  add_client_commands(app, result.exit_code);
  redirected out{std::cout};
  redirected err{std::cerr};
  try {
    app.parse(line);
  } catch (const CLI::ParseError&) {
    result.usage_error = true;
  }
  result.out = out.text();
  result.err = err.text();
  return result;
}

std::string url_option(const fake_web_gateway& gateway) {
  return " --mesh field --url " + to_string(gateway.url()) + " ";
}

const std::string mesh = "/api/v1/meshes/field";

web_script script_of(const std::string& request, const std::string& answer) {
  return {{{request, answer}}};
}

web_script feed_of(const std::string& event, web_ending end) {
  web_script made;
  made.feed =
      web_feed{{R"({"type":"events","cursor":{"epoch":7,"seq":41},"events":[)" + event + "]}"}};
  made.end = end;
  return made;
}

} // namespace

TEST_CASE("each command reaches the gateway and sets the exit code") {
  const auto submit = "POST " + mesh + "/commands";
  const std::string no_readings = R"({"readings":[]})";
  const std::string accepted = R"({"id":1,"state":"accepted"})";
  struct {
    std::string line;
    web_script what;
  } cases[] = {
      {"nodes", script_of("GET " + mesh + "/nodes?limit=1000", R"({"nodes":[]})")},
      {"nodes --json --status idle",
       script_of("GET " + mesh + "/nodes?status=idle&limit=1000", R"({"nodes":[]})")},
      {"get GPS", script_of("GET " + mesh + "/readings/GPS?limit=1000", no_readings)},
      {"get 5", script_of("GET " + mesh + "/nodes/5/readings", no_readings)},
      {"get 5 GPS",
       script_of("GET " + mesh + "/nodes/5/readings/GPS", R"({"node":5,"data":"00"})")},
      {"history 5 GPS --limit 255",
       script_of("GET " + mesh + "/nodes/5/history/GPS?limit=255", no_readings)},
      {"history 5 GPS --limit 65536 --csv",
       script_of("GET " + mesh + "/nodes/5/history/GPS?limit=1000", no_readings)},
      {"send 5 open gate", script_of(submit, accepted)},
      {"send 5 --hex 00 ff", script_of(submit, accepted)},
      {"send 0 -- -x", script_of(submit, accepted)},
      {"broadcast hello", script_of(submit, accepted)},
      {"broadcast --wait --hex 0a", script_of(submit, R"({"id":1,"state":"written"})")},
      {"root info", script_of(submit, accepted)},
      {"root reset", script_of(submit, accepted)},
      {"root clean --yes", script_of(submit, accepted)},
      {"watch --count 1 --kind reading --kind message --node 5 --type GPS",
       feed_of(R"({"kind":"reading","node":5})", web_ending::gateway_closes)},
      {"status", script_of("GET /api/v1/status", "{}")},
      {"capture --out /dev/null",
       script_of("GET " + mesh + "/capture?limit=1000&cursor=0",
                 R"({"since":"2026-01-31T12:00:00Z","records":[],"next":"0","complete":true})")},
  };
  for (const auto& one : cases) {
    CAPTURE(one.line);
    fake_web_gateway gateway{{one.what}};
    auto options =
        one.line == "status" ? " --url " + to_string(gateway.url()) : url_option(gateway);
    auto place = one.line.find(" -- "); // what follows is no option any more
    auto line = place == std::string::npos
                    ? one.line + options
                    : one.line.substr(0, place) + options + one.line.substr(place);
    auto done = type(line);
    CHECK(!done.usage_error);
    CHECK(done.err.find("not in the script") == std::string::npos);
    CHECK(done.exit_code == 0);
  }
}

TEST_CASE("what cannot be meant is a usage error, and nothing runs") {
  for (auto line : {"nodes extra",
                    "nodes --status asleep",
                    "nodes --url 127.0.0.1:7654",
                    "nodes --url http://",
                    "nodes --url http://127.0.0.1:0",
                    "nodes --url http://127.0.0.1:7654/api",
                    "nodes --url ftp://127.0.0.1",
                    "nodes --token-file /no/such/file",
                    "nodes --timeout 0",
                    "nodes --timeout -1",
                    "nodes --timeout soon",
                    "nodes --timeout 3601",
                    "get",
                    "get GPS 5 6",
                    "history 5",
                    "capture",
                    "history 5 GPS --limit 0",
                    "history 5 GPS --limit 1000001",
                    "send",
                    "send 5",
                    "broadcast",
                    "root",
                    "root clean",
                    "watch --kind readings",
                    "watch --count x",
                    "status --unknown"}) {
    CAPTURE(line);
    auto done = type(line);
    CHECK(done.usage_error);
    CHECK(done.exit_code == -1);
  }
}

TEST_CASE("the gateway may be named by XYLEM_URL, and --url wins") {
  const auto status = script_of("GET /api/v1/status", "{}");
  fake_web_gateway gateway{{status, status}};
  closed_port nobody;
  setenv("XYLEM_URL", to_string(gateway.url()).c_str(), 1);
  CHECK(type("status").exit_code == 0);
  setenv("XYLEM_URL", to_string(url_of(nobody)).c_str(), 1);
  CHECK(type("status").exit_code == 3);
  CHECK(type("status --url " + to_string(gateway.url())).exit_code == 0);
  unsetenv("XYLEM_URL");
}

TEST_CASE("the token comes from the environment, the command line or a file") {
  const auto status = script_of("GET /api/v1/status", "{}");
  fake_web_gateway gateway{{status, status, status}};
  auto line = "status --url " + to_string(gateway.url());
  temp_folder folder;
  setenv("XYLEM_TOKEN", "xyl_environment", 1);
  CHECK(type(line).exit_code == 0);
  CHECK(type(line + " --token xyl_line").exit_code == 0);
  CHECK(type(line + " --token-file " + folder.write("token", " xyl_file\n")).exit_code == 0);
  unsetenv("XYLEM_TOKEN");
  auto seen = gateway.seen();
  REQUIRE(seen.size() == 3);
  CHECK(seen[0].authorization == "Bearer xyl_environment");
  CHECK(seen[1].authorization == "Bearer xyl_line");
  CHECK(seen[2].authorization == "Bearer xyl_file");
}

TEST_CASE("a token that is needed or refused is told with what to do") {
  fake_web_gateway gateway{one_connection(
      {{"GET /api/v1/status", problem_json("token-required", "send a token"), 401}})};
  auto done = type("status --url " + to_string(gateway.url()));
  CHECK(done.exit_code == 1);
  CHECK(done.err
        == "the gateway refused: send a token; make a token where the gateway runs,"
           " xylem token create NAME, and give it by XYLEM_TOKEN or --token-file\n");
  auto broken = type("status --token a\tb --url " + to_string(gateway.url()));
  CHECK(broken.exit_code != 0);
}

TEST_CASE("--timeout ends the wait for a gateway that says nothing") {
  fake_web_gateway silent{{web_script{}}};
  auto done = type("status --timeout 0.02 --url " + to_string(silent.url()));
  CHECK(done.exit_code == 3);
  CHECK(done.err
        == "the gateway on " + to_string(silent.url())
               + " did not answer (no complete answer in time)\n");
}

TEST_CASE("Ctrl-C ends a watch, and that is no failure") {
  fake_web_gateway gateway{{feed_of(R"({"kind":"reading"})", web_ending::client_closes)}};
  auto exit_code = -1;
  CLI::App app;
  add_client_commands(app, exit_code);
  interrupting_buffer keyboard;
  auto* before = std::cout.rdbuf(&keyboard);
  app.parse("watch" + url_option(gateway));
  std::cout.rdbuf(before);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  CHECK(exit_code == 0);
  CHECK(keyboard.str() == "-  reading\n");
}
