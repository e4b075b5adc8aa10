#include "event_log.hpp"
#include "gateway_process.hpp"
#include "raw_client.hpp"
#include "waiting.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

#include <csignal>

using namespace xylem;
using namespace xylem::testing;

namespace {

std::vector<std::string> run_with_sets(const std::string& serial, const std::string& listen,
                                       const std::vector<std::string>& sets = {}) {
  std::vector<std::string> arguments{"--serial", serial, "--listen", listen};
  for (const auto& each : sets)
    arguments.insert(arguments.end(), {"--set", each});
  return arguments;
}

} // namespace

TEST_CASE("SIGTERM lets replies and waiting commands go out, then the gateway ends with 0") {
  one_mesh mesh{{"mesh.transmit=gap"}}; // NINFO has just gone: a second of silence follows
  raw_client client{mesh.gateway.port()};
  raw_client listener{mesh.gateway.port()};
  REQUIRE(listener.ask(listen_request, listen_accepted.size()) == listen_accepted);
  for (unsigned node = 1; node <= 3; ++node)
    CHECK(client.ask(send_request(node, "the last words"), 1) == "S");
  auto over = mesh.gateway.end(SIGTERM);
  CHECK(over.code == 0);
  CHECK(over.out.empty());
  CHECK(over.err.find("msg=\"stopped\"") != std::string::npos);
  CHECK(over.err.find("ended by force") == std::string::npos);
  CHECK(client.read_to_end().empty());
  CHECK(listener.read_to_end().empty());
  std::vector wanted{ninfo};
  for (unsigned node = 1; node <= 3; ++node)
    wanted.push_back(as_command(send_request(node, "the last words")));
  CHECK(mesh.root.heard() == wanted);
}

TEST_CASE("SIGINT ends a gateway with 0, also one whose root is gone and whose commands wait") {
  one_mesh mesh;
  mesh.root.freeze();
  raw_client client{mesh.gateway.port()};
  CHECK(client.ask(send_request(5, "waits"), 1) == "S");
  mesh.root.unplug();
  mesh.gateway.await_log("waiting for the port");
  auto over = mesh.gateway.end(SIGINT);
  CHECK(over.code == 0);
  CHECK(over.err.find("ended by force") == std::string::npos);
}

TEST_CASE("a gateway ends with 0 though a port that takes nothing holds commands back") {
  one_mesh mesh;
  mesh.root.freeze();
  raw_client client{mesh.gateway.port()};
  CHECK(client.ask(send_request(5, "never goes out"), 1) == "S");
  auto over = mesh.gateway.end(SIGTERM);
  CHECK(over.code == 0);
  CHECK(over.err.find("ended by force") != std::string::npos);
}

TEST_CASE("a gateway ends with 0 though a client does not take its replies") {
  one_mesh mesh;
  mesh.learn(5, {{"BIG", std::string(255, 'x')}});
  raw_client lazy{mesh.gateway.port(), 4096};
  for (int i = 0; i < 20'000; ++i)
    lazy.write(history_request(5, "BIG", 255));
  CHECK(mesh.gateway.end(SIGTERM).code == 0);
}

TEST_CASE("an address that is taken ends the start with 1 and a clear reason") {
  one_mesh mesh;
  auto address = "127.0.0.1:" + std::to_string(mesh.gateway.port());
  pty_root other{mesh.folder / "other"};
  other.plug();
  auto arguments = run_with_sets(other.link(), address);
  arguments.insert(arguments.begin(), {"run", "--web", "127.0.0.1:0"});
  auto over = run_xylem(arguments, mesh.folder.path());
  CHECK(over.code == 1);
  CHECK(over.err.find("xylem: cannot listen on " + address + ": Address already in use\n")
        != std::string::npos);
}

TEST_CASE("a configuration that is wrong ends the start with 2, its line and a suggestion") {
  temp_folder folder;
  auto file = folder.write("wrong.toml", "[[mesh]]\nserial = \"/dev/null\"\nbauds = 9600\n");
  auto over = run_xylem({"run", "--config", file}, folder.path());
  CHECK(over.code == 2);
  CHECK(over.err.find("wrong.toml:3") != std::string::npos);
  CHECK(over.err.find("did you mean baud?") != std::string::npos);
  CHECK(run_xylem({"check", file}, folder.path()).code == 2);
  CHECK(run_xylem({"run", "--bauds"}, folder.path()).code == 2);
}

TEST_CASE("a client socket that other machines reach must be asked for") {
  temp_folder folder;
  auto over =
      run_xylem({"run", "--serial", "/dev/null", "--web", "127.0.0.1:0", "--listen", "0.0.0.0:0"},
                folder.path());
  CHECK(over.code == 2);
  CHECK(over.err.find("insecure = true") != std::string::npos);
}

TEST_CASE("the configuration that is installed is valid once it names a port") {
  temp_folder folder;
  auto over = run_xylem(
      {"check", XYLEM_SOURCE_DIR "/deploy/xylem.toml", "--set", "mesh.serial=/dev/ttyUSB0"},
      folder.path());
  CHECK(over.code == 0);
  CHECK(over.err.empty());
  CHECK(over.out == XYLEM_SOURCE_DIR "/deploy/xylem.toml: ok, 1 mesh\n");
}

TEST_CASE("run --sim needs no hardware: a simulated mesh answers soon") {
  temp_folder folder;
  gateway_process gateway{folder, {"--sim", "--listen", "127.0.0.1:0"}};
  event_log events{gateway};
  events.await("readings", is_kind("reading"), 3);
  auto nodes = gateway.web().nodes("default");
  REQUIRE(nodes);
  auto parsed = client::parse_nodes(*nodes);
  REQUIRE(parsed);
  CHECK(parsed->size() >= 1);
}
