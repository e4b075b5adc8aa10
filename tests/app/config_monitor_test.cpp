#include "tests/app/config_loading.hpp"

#include "app/config/configuration_text.hpp"

using namespace xylem;
using namespace xylem::test;

namespace {

const std::string mesh = "[[mesh]]\nserial = \"/dev/ttyACM0\"\n";
const std::string files = "authority = \"/a.pem\"\ncertificate = \"/c.pem\"\nkey = \"/k.pem\"\n";
const std::string follows = "[monitor]\n" + files + "[[gateway]]\naddress = \"north:7655\"\n";

configuration_source followed(const std::string& more) {
  return file(mesh + "[monitor]\nlisten = \"0.0.0.0:7655\"\n" + files + more);
}

std::vector<std::string> keys_of(const configuration_problems& problems) {
  std::vector<std::string> keys;
  for (const auto& each : problems)
    keys.push_back(each.key);
  return keys;
}

configuration_problems problems_for(configuration_use use, const std::string& text) {
  auto loaded = load_configuration(file(text), use);
  auto problems = std::get_if<configuration_problems>(&loaded);
  return problems ? *problems : configuration_problems{};
}

} // namespace

TEST_CASE("nobody may follow by default") {
  auto monitor = settings_of(file(mesh)).monitor;
  CHECK_FALSE(monitor.is_followed());
  CHECK(monitor.allow.empty());
}

TEST_CASE("who may follow is a list of names, each with its highest scope, which is read if none "
          "is said") {
  auto monitor = settings_of(followed(R"(allow = [
    {name = "office", scopes = ["read", "command"]},
    {name = "laptop", scopes = ["read"]},
    {name = "phone.example"},
  ])")).monitor;
  CHECK(monitor.listen == endpoint{"0.0.0.0", 7655});
  CHECK(monitor.allow
        == std::vector<allowed_monitor>{{"office", access_scope::command},
                                        {"laptop", access_scope::read},
                                        {"phone.example", access_scope::read}});
}

TEST_CASE("the list replaces that of the file when it comes from the environment or --set") {
  auto source = followed("allow = [{name = \"office\"}]");
  source.environment["XYLEM_MONITOR__ALLOW"] = "[{name = \"laptop\", scopes = [\"command\"]}]";
  CHECK(settings_of(source).monitor.allow
        == std::vector<allowed_monitor>{{"laptop", access_scope::command}});
  source.sets.push_back("monitor.allow=[]");
  CHECK(settings_of(source).monitor.allow.empty());
}

TEST_CASE("what is wrong in the list is told where it is") {
  struct wrong_case {
    std::string entry, key, message;
  };
  const wrong_case cases[]{
      {"{scopes = [\"read\"]}", "monitor.allow.0.name", "missing"},
      {"{name = \"Office\"}", "monitor.allow.0.name", "a-z"},
      {"{name = \"a\", scopes = []}", "monitor.allow.0.scopes", "array of"},
      {"{name = \"a\", scopes = \"read\"}", "monitor.allow.0.scopes", "array of"},
      {"{name = \"a\", scopes = [\"admin\"]}", "monitor.allow.0.scopes", "\"admin\""},
      {"{name = \"a\", scopes = [1]}", "monitor.allow.0.scopes", "not 1"},
      {"{name = \"a\"}, {name = \"a\"}", "monitor.allow.1.name", "twice"},
      {"{name = \"a\", scope = \"read\"}", "monitor.allow.0.scope", "unknown key"},
      {"\"office\"", "monitor.allow", "expected a table"},
  };
  for (const auto& [entry, key, message] : cases) {
    CAPTURE(entry);
    auto problem = only_problem(followed("allow = [" + entry + ']'));
    CHECK(problem.key == key);
    CHECK(problem.line == 8);
    CHECK(mentions(problem, message));
  }
}

TEST_CASE("a list that is none says how it is written") {
  auto problem = only_problem(followed("allow = \"office\""));
  CHECK(problem.key == "monitor.allow");
  CHECK(problem.suggestion.find("name = \"office\"") != std::string::npos);
}

TEST_CASE("who listens for monitors, or follows a gateway, needs all three files") {
  auto problems = problems_of(file(mesh + "[monitor]\nlisten = \"127.0.0.1:0\"\n"));
  CHECK(keys_of(problems)
        == std::vector<std::string>{"monitor.authority", "monitor.certificate", "monitor.key"});
  CHECK(mentions(problems.at(0), "monitor.listen needs it"));
  auto following = problems_of(file("[[gateway]]\naddress = \"north:7655\"\n"));
  CHECK(keys_of(following) == keys_of(problems));
  CHECK(mentions(following.at(0), "proves who it is"));
}

TEST_CASE("monitors do not connect to the port of a mesh, or of the page") {
  CHECK(mentions(only_problem(file(mesh + "listen = \"127.0.0.1:7655\"\n[monitor]\n"
                                   "listen = \"127.0.0.1:7655\"\n" + files)),
                 "already that of mesh"));
  CHECK(mentions(only_problem(file(mesh + "[monitor]\nlisten = \"[::]:7654\"\n" + files)),
                 "the web port"));
}

TEST_CASE("a monitor needs gateways and no mesh, a gateway meshes and nobody to follow, and what is "
          "checked is either") {
  using enum configuration_use;
  CHECK(problems_for(gateway, mesh).empty());
  CHECK(problems_for(monitor, follows).empty());
  CHECK(problems_for(any, mesh).empty());
  CHECK(problems_for(any, follows).empty());
  CHECK(keys_of(problems_for(any, "")) == std::vector<std::string>{"mesh"});
  CHECK(keys_of(problems_for(gateway, follows + mesh)) == std::vector<std::string>{"gateway"});
  CHECK(keys_of(problems_for(gateway, follows)) == std::vector<std::string>{"gateway", "mesh"});
  CHECK(keys_of(problems_for(monitor, mesh)) == std::vector<std::string>{"mesh"});
  CHECK(keys_of(problems_for(monitor, "")) == std::vector<std::string>{"gateway"});
  CHECK(keys_of(problems_for(any, follows + mesh)) == std::vector<std::string>{"gateway"});
}

TEST_CASE("gateways that are followed differ in name and address") {
  auto with = [](const std::string& more) {
    return file("[monitor]\n" + files + "[[gateway]]\nname = \"north\"\naddress = \"a:1\"\n" + more);
  };
  auto two = settings_of(with("[[gateway]]\naddress = \"b:1\"\n")).gateways;
  CHECK(two == std::vector<followed_gateway>{{"north", {"a", 1}}, {"", {"b", 1}}});
  CHECK(only_problem(with("[[gateway]]\naddress = \"a:1\"\n")).key == "gateway.1.address");
  CHECK(only_problem(with("[[gateway]]\nname = \"north\"\naddress = \"b:1\"\n")).key
        == "gateway.1.name");
  CHECK(mentions(only_problem(with("[[gateway]]\nname = \"south\"\n")), "not set"));
  CHECK(mentions(only_problem(with("[[gateway]]\naddress = \"b:0\"\n")), "other than 0"));
}

TEST_CASE("gateways that are followed can be set outside of the file") {
  configuration_source source{"x.toml", "[monitor]\n" + files, {}, {}};
  source.environment["XYLEM_GATEWAY__ADDRESS"] = "north:7655";
  source.sets = {"gateway.0.name=north"};
  CHECK(settings_of(source).gateways == std::vector<followed_gateway>{{"north", {"north", 7655}}});
  source.sets = {"gateway.1.name=north"};
  CHECK(mentions(only_problem(source), "no gateway 1"));
  source.sets = {"gateway.0.adress=north:1"};
  CHECK(only_problem(source).suggestion.find("gateway.0.address") != std::string::npos);
}

TEST_CASE("what is shown of monitors loads again, and hosts are redacted") {
  auto text = shown_configuration(settings_of(followed("allow = [{name = \"office\", "
                                                       "scopes = [\"command\"]}, {name = \"b\"}]")));
  auto again = settings_of(file(text));
  CHECK(again.monitor.allow
        == std::vector<allowed_monitor>{{"office", access_scope::command},
                                        {"b", access_scope::read}});
  CHECK(again.monitor.authority == "/a.pem");
  auto shown = shown_configuration(settings_of(file(follows)));
  CHECK(shown.find("north") == std::string::npos);
  CHECK(settings_of(file(shown)).gateways.at(0).address.port == 7655);
}
