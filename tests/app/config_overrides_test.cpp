#include "tests/app/config_loading.hpp"

#include "app/config/overrides.hpp"

using namespace xylem;
using namespace xylem::test;

namespace {

using variables = std::map<std::string, std::string>;
using sets = std::vector<std::string>;

const std::string two = "[[mesh]]\nname = \"a\"\nserial = \"/dev/a\"\n"
                        "[[mesh]]\nname = \"b\"\nserial = \"/dev/b\"\nlisten = \"[::1]:1\"\n";

configuration_source with(variables environment, sets assignments = {}) {
  return {"x.toml", two, std::move(environment), std::move(assignments)};
}

} // namespace

TEST_CASE("the environment wins over the file, and --set over both") {
  variables environment{{"XYLEM_MESH__SERIAL", "/dev/env"}, {"XYLEM_MESH__NAME", "env"}};
  auto mesh = settings_of(with(environment, {"mesh.serial=/dev/set"})).meshes[0];
  CHECK(mesh.serial == "/dev/set");
  CHECK(mesh.name == "env");
}

TEST_CASE("the last --set of a key wins") {
  CHECK(settings_of(with({}, {"mesh.name=c", "mesh.name=d"})).meshes[0].name == "d");
}

TEST_CASE("a mesh is addressed by its position, from 0, and without one it is the first") {
  auto settings =
      settings_of(with({{"XYLEM_MESH__1__SERIAL", "/dev/1"}}, {"mesh.0.serial=/dev/0"}));
  CHECK(settings.meshes[0].serial == "/dev/0");
  CHECK(settings.meshes[1].serial == "/dev/1");
}

TEST_CASE("without a file --set or the environment make a default mesh") {
  auto settings = settings_of({"", "", {}, {"mesh.serial=/dev/ttyUSB0"}});
  REQUIRE(settings.meshes.size() == 1);
  CHECK(settings.meshes[0].name == "default");
  CHECK(settings_of({"", "", {{"XYLEM_MESH__0__SERIAL", "/dev/x"}}, {}}).meshes.size() == 1);
}

TEST_CASE("a mesh that is not there cannot be addressed") {
  auto problem = only_problem(with({{"XYLEM_MESH__2__SERIAL", "/dev/x"}}));
  CHECK(problem.file == "environment");
  CHECK(problem.key == "XYLEM_MESH__2__SERIAL");
  CHECK(mentions(problem, "no mesh 2"));
}

TEST_CASE("only the first mesh is made by addressing it") {
  auto problems = problems_of({"", "", {}, {"mesh.1.serial=/dev/x"}});
  REQUIRE(problems.size() == 2);
  CHECK(mentions(problems[0], "no mesh 1"));
  CHECK(mentions(problems[1], "no mesh is configured"));
}

TEST_CASE("an unknown variable is told with the one that was probably meant") {
  CHECK(only_problem(with({{"XYLEM_LOG__LEVL", "info"}}))
        == configuration_problem{"environment", 0, 0, "XYLEM_LOG__LEVL", "unknown key",
                                 "XYLEM_LOG__LEVEL"});
  CHECK(only_problem(with({{"XYLEM_MESH__1__SERAIL", "/dev/x"}})).suggestion
        == "XYLEM_MESH__1__SERIAL");
  CHECK(only_problem(with({{"XYLEM_MSEH__SERIAL", "/dev/x"}})).suggestion == "XYLEM_MESH__SERIAL");
  CHECK(only_problem(with({{"XYLEM_WEB__LISTEN", "x"}})).key == "XYLEM_WEB__LISTEN");
}

TEST_CASE("an unknown --set is told with the key that was probably meant") {
  CHECK(only_problem(with({}, {"mesh.1.serail=/dev/x"}))
        == configuration_problem{"--set", 0, 0, "mesh.1.serail", "unknown key", "mesh.1.serial"});
  CHECK(only_problem(with({}, {"statedir=/x"})).suggestion == "state_dir");
  for (auto path :
       {"mesh", "mesh.1", "mesh.x.serial", "mesh.-1.serial", "mesh.1.2.serial", ".state_dir",
        "log.", "mesh..serial", "mesh.99999999999999999999.serial", "a.b.c.d"})
    CHECK_MESSAGE(only_problem(with({}, {std::string{path} + "=1"})).message == "unknown key",
                  path);
}

TEST_CASE("a --set without a key or a value sign is told") {
  for (auto text : {"", "mesh.serial", "=x"})
    CHECK(mentions(only_problem(with({}, {text})), "expected KEY=VALUE"));
}

TEST_CASE("variables of clients and of others are not looked at") {
  CHECK(problems_of(with({{"XYLEM_URL", "x"},
                          {"XYLEM_TOKEN", "x"},
                          {"XYLEM_OTHER", "x"},
                          {"HOME", "/"},
                          {"LOG__LEVEL", "x"}}))
            .empty());
}

TEST_CASE("a variable with an unusable value is told with what was expected") {
  auto problem = only_problem(with({{"XYLEM_MESH__BAUD", "fast"}}));
  CHECK(problem.key == "XYLEM_MESH__BAUD");
  CHECK(problem.message == "expected a number from 300 to 12000000 bit/s, not \"fast\"");
  for (auto value : {"", " 9600", "9600 ", "9600x", "0x2580", "1e4"})
    CHECK_MESSAGE(problems_of(with({{"XYLEM_MESH__BAUD", value}})).size() == 1, value);
}

TEST_CASE("what an override breaks between keys is told with the override's origin") {
  CHECK(only_problem(with({{"XYLEM_MESH__1__LISTEN", "127.0.0.1:5001"}})).file == "environment");
  CHECK(only_problem(with({}, {"mesh.listen=0.0.0.0:9"})).file == "--set");
}

TEST_CASE("an override repairs what the file leaves open") {
  CHECK(problems_of({"x", "[[mesh]]", {}, {"mesh.serial=/dev/a"}}).empty());
  CHECK(problems_of({"x",
                     "[[mesh]]\nserial = \"/dev/a\"\nlisten = \"0.0.0.0:1\"",
                     {},
                     {"mesh.insecure=true"}})
            .empty());
}

TEST_CASE("data types can be given as TOML") {
  auto settings = settings_of(
      with({}, {R"(mesh.1.data_type=[{name = "TMP", fields = [{name = "c", type = "i16"}]}])"}));
  REQUIRE(settings.meshes[1].data_types.size() == 1);
  CHECK(settings.meshes[1].data_types[0].code == type_code{"TMP"});
  for (auto text : {"mesh.data_type=[", "mesh.data_type=3", "mesh.data_type="})
    CHECK(only_problem(with({}, {text})).file == "--set");
}
