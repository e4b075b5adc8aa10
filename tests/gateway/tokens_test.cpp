#include "gateway_process.hpp"
#include "waiting.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

/// A gateway whose HTTP port asks for a token.
struct guarded_gateway {
  guarded_gateway() { root.plug(); }

  std::string create(const std::string& name, const std::string& scope) const {
    auto over =
        run_xylem({"token", "create", name, "--scope", scope, "--file", tokens}, folder.path());
    REQUIRE_MESSAGE(over.code == 0, over.err);
    return over.out.substr(0, over.out.find('\n'));
  }

  process_end run(const std::string& token, std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--url", to_string(gateway->url())});
    if (!token.empty())
      arguments.insert(arguments.end(), {"--token-file", folder.write("token", token + "\n")});
    return run_xylem(arguments, folder.path());
  }

  void start() {
    gateway.emplace(folder,
                    std::vector<std::string>{"--serial", root.link(), "--listen", "127.0.0.1:0",
                                             "--set", "web.tokens=" + tokens});
    root.await_command(ninfo);
  }

  temp_folder folder;
  std::string tokens = folder / "tokens.json";
  pty_root root{folder / "root"};
  std::optional<gateway_process> gateway;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("with tokens, nobody without one gets anything, and each does what its scope allows") {
  guarded_gateway house;
  auto reader = house.create("panel", "read");
  auto commander = house.create("operator", "command");
  house.start();
  auto nobody = house.run("", {"status"});
  CHECK(nobody.code == 1);
  CHECK(has(nobody.err, "xylem token create"));
  CHECK(house.run("xyl_wrong", {"nodes"}).code == 1);
  CHECK(house.run("", {"watch", "--count", "1"}).code == 1);
  CHECK(house.run(reader, {"status"}).code == 0);
  CHECK(house.run(reader, {"nodes"}).code == 0);
  auto refused = house.run(reader, {"root", "info"});
  CHECK(refused.code == 1);
  CHECK(has(refused.err, "--scope"));
  CHECK(house.run(commander, {"root", "info"}).code == 0);
  CHECK(house.run(commander, {"root", "reset"}).code == 1);
}

TEST_CASE(
    "a token that is made while the gateway runs is admitted, and a revoked one is sent away") {
  guarded_gateway house;
  house.create("first", "admin");
  house.start();
  auto token = house.create("panel", "read");
  CHECK(eventually([&] { return house.run(token, {"status"}).code == 0; }));
  child_process watch{{"watch", "--url", to_string(house.gateway->url()), "--token-file",
                       house.folder.write("panel", token)},
                      house.folder.path()};
  await("it watches", [&] {
    return has(house.run(token, {"status", "--json"}).out, "\"kind\":\"websocket\"");
  });
  CHECK(run_xylem({"token", "revoke", "panel", "--file", house.tokens}, house.folder.path()).code
        == 0);
  auto over = watch.end();
  CHECK(over.code == 1);
  CHECK(has(over.err, "revoked"));
  CHECK(house.run(token, {"status"}).code == 1);
}
