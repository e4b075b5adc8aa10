// The client commands as a user types them.
#include "app/commands/client_commands.hpp"

#include "command_fixture.hpp"

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

std::string connect(const fake_gateway& gateway) {
  return " --connect " + to_string(gateway.where()) + " ";
}

} // namespace

TEST_CASE("each command reaches the gateway and sets the exit code") {
  struct {
    std::string line;
    script what;
  } cases[] = {
      {"nodes", {{{"[NOD]", json_reply("{\"nodes\":[]}")}}}},
      {"nodes --json --status idle", {{{"[NOD]", json_reply("{\"nodes\":[]}")}}}},
      {"get GPS",
       {{{"[GET]" + hex("ffff") + "GPS", "SGPS" + hex("00 00")}, {"[STA]", json_reply("{}")}}}},
      {"get 5 GPS",
       {{{"[GET]" + hex("0005") + "GPS", "SGPS" + hex("01 01 0005 aa")},
         {"[HIS]" + hex("0005") + "GPS" + hex("01"), "SGPS" + hex("00")},
         {"[STA]", json_reply("{}")}}}},
      {"history 5 GPS --limit 255",
       {{{"[HIS]" + hex("0005") + "GPS" + hex("ff"), "SGPS" + hex("00")},
         {"[STA]", json_reply("{}")}}}},
      {"send 5 open gate", {{{"SEND-" + hex("0005 09") + "open gate", "S"}}}},
      {"send 5 --hex 00 ff", {{{"SEND-" + hex("0005 02 00ff"), "S"}}}},
      {"send 0 -- -x", {{{"SEND-" + hex("0000 02") + "-x", "S"}}}},
      {"broadcast hello", {{{"BCAST" + hex("0000 05") + "hello", "S"}}}},
      {"broadcast --hex 0a", {{{"BCAST" + hex("0000 01 0a"), "S"}}}},
      {"watch --count 1 --kind reading --kind message --node 5",
       {{{"[EVT]" + hex("00"), "S{\"kind\":\"reading\",\"node\":5}\n"}}}},
      {"status", {{{"[STA]", json_reply("{}")}}}},
  };
  for (const auto& one : cases) {
    CAPTURE(one.line);
    fake_gateway gateway{{one.what}};
    auto space = one.line.find(' ');
    auto rest = space == std::string::npos ? "" : one.line.substr(space);
    auto done = type(one.line.substr(0, space) + connect(gateway) + rest);
    CHECK(!done.usage_error);
    CHECK(done.err.find("Not In The Script") == std::string::npos);
    CHECK(done.exit_code == 0);
  }
}

TEST_CASE("what cannot be meant is a usage error, and nothing runs") {
  for (auto line : {"nodes extra",
                    "nodes --status asleep",
                    "nodes --connect 127.0.0.1",
                    "nodes --connect :1",
                    "nodes --connect 127.0.0.1:0",
                    "nodes --timeout 0",
                    "nodes --timeout -1",
                    "nodes --timeout soon",
                    "nodes --timeout 3601",
                    "get",
                    "get GPS 5 6",
                    "history 5",
                    "history 5 GPS --limit 0",
                    "history 5 GPS --limit 256",
                    "send",
                    "send 5",
                    "broadcast",
                    "watch --kind readings",
                    "watch --count x",
                    "status --unknown"}) {
    CAPTURE(line);
    auto done = type(line);
    CHECK(done.usage_error);
    CHECK(done.exit_code == -1);
  }
}

TEST_CASE("the gateway may be named by XYLEM_CONNECT, and --connect wins") {
  fake_gateway gateway{
      {script{{{"[STA]", json_reply("{}")}}}, script{{{"[STA]", json_reply("{}")}}}}};
  closed_port nobody;
  setenv("XYLEM_CONNECT", to_string(gateway.where()).c_str(), 1);
  CHECK(type("status").exit_code == 0);
  setenv("XYLEM_CONNECT", to_string(nobody.where()).c_str(), 1);
  CHECK(type("status").exit_code == 3);
  CHECK(type("status" + connect(gateway)).exit_code == 0);
  unsetenv("XYLEM_CONNECT");
}

TEST_CASE("--timeout ends the wait for a gateway that says nothing") {
  fake_gateway silent{{script{{{"[STA]", ""}}}}};
  auto done = type("status --timeout 0.02" + connect(silent));
  CHECK(done.exit_code == 3);
  CHECK(done.err
        == "the gateway on " + to_string(silent.where())
               + " did not answer (no complete reply within 20 ms)\n");
}

TEST_CASE("Ctrl-C ends a watch, and that is no failure") {
  fake_gateway gateway{{script{{{"[EVT]" + hex("00"), "S{\"kind\":\"reading\"}\n"}}}}};
  auto exit_code = -1;
  CLI::App app;
  add_client_commands(app, exit_code);
  interrupting_buffer keyboard;
  auto* before = std::cout.rdbuf(&keyboard);
  app.parse("watch" + connect(gateway));
  std::cout.rdbuf(before);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  CHECK(exit_code == 0);
  CHECK(keyboard.str() == "-  reading\n");
}
