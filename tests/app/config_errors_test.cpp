#include "tests/app/config_loading.hpp"

#include <set>

using namespace xylem;
using namespace xylem::test;

namespace {

const std::string mesh = "[[mesh]]\nserial = \"/dev/ttyACM0\"\n"; // the next line is the third

} // namespace

TEST_CASE("a text that is not TOML is told with its line") {
  auto problem = only_problem(file(mesh + "baud = = 1\n"));
  CHECK(problem.line == 3);
  CHECK(problem.file == "x.toml");
  CHECK(mentions(problem, "not TOML"));
}

TEST_CASE("a key that is written twice is told with its line") {
  CHECK(only_problem(file(mesh + "baud = 9600\nbaud = 9600\n")).line == 4);
}

TEST_CASE("an unknown key is told with its place and the key that was probably meant") {
  struct unknown_key {
    std::string text;
    configuration_problem problem;
  };
  const unknown_key cases[]{
      {mesh + "  buad = 9600", {"x.toml", 3, 3, "mesh.buad", "unknown key in mesh", "baud"}},
      {mesh + "[[mesh]]\nserial = \"/dev/b\"\nname = \"b\"\nlisten = \"[::1]:1\"\nclient = 3",
       {"x.toml", 7, 1, "mesh.1.client", "unknown key in mesh.1", "clients"}},
      {mesh + "[log]\nlevle = 1", {"x.toml", 4, 1, "log.levle", "unknown key in log", "level"}},
      {mesh + "[events]\nring_event = 1",
       {"x.toml", 4, 1, "events.ring_event", "unknown key in events", "ring_events"}},
      {"statedir = \"/x\"\n" + mesh,
       {"x.toml", 1, 1, "statedir", "unknown key at the top level", "state_dir"}},
      {mesh + "[evnts]", {"x.toml", 3, 2, "evnts", "unknown key at the top level", "events"}},
  };
  for (const auto& [text, problem] : cases)
    CHECK(only_problem(file(text)) == problem);
}

TEST_CASE("a key in the wrong section is told where it belongs") {
  CHECK(only_problem(file(mesh + "state_dir = \"/x\"")).suggestion
        == "state_dir, above the first [section]");
  CHECK(only_problem(file("level = \"info\"\n" + mesh)).suggestion == "level in [log]");
  CHECK(only_problem(file(mesh + "[log]\nbaud = 1")).suggestion == "baud in [[mesh]]");
}

TEST_CASE("sections that this version does not have are unknown") {
  for (auto section : {"storage", "monitors", "mqtt"}) {
    auto problem = only_problem(file(mesh + '[' + section + "]\nlisten = \"127.0.0.1:1\""));
    CHECK(problem.key == section);
    CHECK(problem.line == 3);
  }
}

TEST_CASE("a value of the wrong type or out of range is told with what was expected") {
  struct wrong_value {
    std::string line, message;
  };
  const wrong_value cases[]{
      {"baud = \"9600\"", "expected a number from 300 to 12000000 bit/s, not \"9600\""},
      {"baud = 299", "expected a number from 300 to 12000000 bit/s, not 299"},
      {"baud = 9600.5", "expected a number from 300 to 12000000 bit/s, not 9600.5"},
      {"baud = true", "expected a number from 300 to 12000000 bit/s, not true"},
      {"baud = [1]", "expected a number from 300 to 12000000 bit/s, not an array"},
      {"baud = {a = 1}", "expected a number from 300 to 12000000 bit/s, not a table"},
      {"baud = 2026-11-22", "expected a number from 300 to 12000000 bit/s, not a date"},
      {"insecure = \"true\"", "expected true or false, not \"true\""},
      {"listen = 5001", "expected \"host:port\", not 5001"},
      {"name = \"Field 1\"", "expected 1 to 32 of a-z, 0-9, _ and -, not \"Field 1\""},
      {"name = \"\"", "expected 1 to 32 of a-z, 0-9, _ and -, not \"\""},
      {"flow_control = \"rts\"", R"(expected "none", "hardware" or "software", not "rts")"},
      {"max_frame = \"1 TiB\"", "expected a size from 64 B to 64 KiB (such as 4096, \"64 KiB\", "
                                "\"1 MiB\"), not \"1 TiB\""},
      {"idle_after = \"fast\"", "expected a duration from 10ms to 30d (such as \"50ms\", \"10s\", "
                                "\"3m\" or a number of seconds), not \"fast\""},
      {"idle_after = nan", "expected a duration from 10ms to 30d (such as \"50ms\", \"10s\", "
                           "\"3m\" or a number of seconds), not nan"},
  };
  for (const auto& [line, message] : cases) {
    auto problem = only_problem(file(mesh + line));
    CHECK(problem.message == message);
    CHECK(problem.line == 3);
    CHECK(problem.column == line.find('=') + 3); // where the value begins
  }
}

TEST_CASE("a misspelt choice is told with the one that was probably meant") {
  CHECK(only_problem(file(mesh + "transmit = \"blok\"")).suggestion == "\"block\"");
  CHECK(only_problem(file(mesh + "[log]\nformat = \"jsn\"")).suggestion == "\"json\"");
}

TEST_CASE("a table that should be an array, and the reverse, is told with the right spelling") {
  auto table = only_problem(file("[mesh]\nserial = \"/dev/a\""));
  CHECK(table.message == "expected an array of tables, not a table");
  CHECK(table.suggestion == "[[mesh]]");
  CHECK(mentions(only_problem(file(mesh + "[[log]]\nlevel = \"info\"")), "the table [log]"));
  CHECK(mentions(only_problem(file("mesh = [1]\n")), "expected a table, not 1"));
}

TEST_CASE("all problems are told, not only the first") {
  auto problems = problems_of(file("statedir = 1\n[[mesh]]\nbuad = 1\nclients = 0\n"
                                   "listen = \"0.0.0.0:1\"\n[log]\nlevel = 7\n"));
  std::set<std::string> keys;
  for (const auto& problem : problems)
    keys.insert(problem.key);
  CHECK(keys
        == std::set<std::string>{"statedir", "mesh.buad", "mesh.clients", "mesh.listen",
                                 "mesh.serial", "log.level"});
}

TEST_CASE("problems are told in the order of the file, those of overrides last") {
  configuration_source source{"x.toml",
                              "[[mesh]]\nbuad = 1\nlisten = \"0.0.0.0:1\"\n[log]\nlevel = 7\n",
                              {},
                              {"mesh.seral=x", "mesh.serial=/dev/a"}};
  std::vector<std::size_t> lines;
  for (const auto& problem : problems_of(source))
    lines.push_back(problem.line);
  CHECK(lines == std::vector<std::size_t>{2, 3, 5, 0});
}

TEST_CASE("the number of problems that are told is bounded") {
  std::string text = mesh;
  for (auto i = 0; i < 5000; ++i)
    text += "key" + std::to_string(i) + " = 1\n";
  auto problems = problems_of(file(text));
  CHECK(problems.size() == 101); // 100, and that there are more
  CHECK(mentions(problems.back(), "too many"));
}

TEST_CASE("a file beyond the largest size is not read") {
  CHECK(mentions(only_problem(file(std::string(largest_configuration + 1, '\n'))),
                 "longer than 1 MiB"));
}

TEST_CASE("names nested deeper than the stack reaches are refused, in a file and in --set") {
  std::string deep;
  for (auto i = 0; i < 200'000; ++i)
    deep += "a.";
  for (const auto& text : {deep + "a = 1", '[' + deep + "a]", "[[" + deep + "a]]"})
    CHECK(mentions(only_problem(file(mesh + text)), "nested too deep"));
  CHECK(mentions(
      only_problem({"", "", {}, {"mesh.serial=/dev/a", "mesh.data_type={" + deep + "a=1}"}}),
      "nested too deep"));
  CHECK(mentions(only_problem(file(mesh + "x = " + std::string(100'000, '['))), "not TOML"));
}

TEST_CASE("names nested as deep as they may be are read") {
  std::string deep;
  for (auto i = 0; i < 10'000; ++i)
    deep += "a.";
  CHECK(only_problem(file(mesh + deep + "a = 1")).key == "mesh.a");
}

TEST_CASE("a configuration without a mesh is told how to get one") {
  for (const auto& source : {configuration_source{}, file(""), file("mesh = []"), file("[log]")})
    CHECK(mentions(only_problem(source), "--set mesh.serial=DEVICE"));
  CHECK(only_problem(file("")).file == "x.toml");
}

TEST_CASE("a mesh without a serial port is told where it begins") {
  auto problem = only_problem(file("\n[[mesh]]\nbaud = 9600"));
  CHECK(problem.key == "mesh.serial");
  CHECK(problem.line == 2);
}

TEST_CASE("two meshes share neither name nor serial port nor endpoint") {
  const std::string two = "[[mesh]]\nname = \"a\"\nserial = \"/dev/a\"\nlisten = \"127.0.0.1:1\"\n"
                          "[[mesh]]\n";
  struct clash {
    std::string second, key, message;
  };
  const clash cases[]{
      {"name = \"a\"\nserial = \"/dev/b\"\nlisten = \"127.0.0.1:2\"", "mesh.1.name",
       "\"a\" is already that of mesh \"a\" (line 2)"},
      {"name = \"b\"\nserial = \"/dev//a\"\nlisten = \"127.0.0.1:2\"", "mesh.1.serial",
       "\"/dev//a\" is already that of mesh \"a\" (line 3)"},
      {"name = \"b\"\nserial = \"/dev/b\"\nlisten = \"localhost:1\"", "mesh.1.listen",
       "\"localhost:1\" is already that of mesh \"a\" (line 4)"},
      {"name = \"b\"\nserial = \"/dev/b\"\nlisten = \"0.0.0.0:1\"\ninsecure = true",
       "mesh.1.listen", "\"0.0.0.0:1\" is already that of mesh \"a\" (line 4)"},
  };
  for (const auto& [second, key, message] : cases) {
    auto problem = only_problem(file(two + second));
    CHECK(problem.key == key);
    CHECK(problem.message == message);
    CHECK(problem.line > 5);
  }
}

TEST_CASE("two meshes may both let the system choose their port") {
  CHECK(problems_of(file("[[mesh]]\nname = \"a\"\nserial = \"/dev/a\"\nlisten = \"[::1]:0\"\n"
                         "[[mesh]]\nname = \"b\"\nserial = \"/dev/b\"\nlisten = \"[::1]:0\"\n"))
            .empty());
}

TEST_CASE("a second mesh that leaves its endpoint to the default is told at its beginning") {
  auto problem = only_problem(file(mesh + "[[mesh]]\nname = \"b\"\nserial = \"/dev/b\""));
  CHECK(problem.key == "mesh.1.listen");
  CHECK(problem.line == 3);
}

TEST_CASE("a listener that other machines reach is refused unless insecure is written") {
  for (auto where : {"0.0.0.0:5001", "[::]:5001", "192.168.1.2:5001", "gateway:5001"}) {
    auto line = std::string{"listen = \""} + where + '"';
    auto problem = only_problem(file(mesh + line));
    CHECK(problem.key == "mesh.listen");
    CHECK(problem.line == 3);
    CHECK(mentions(problem, "no TLS"));
    CHECK(mentions(problem, "insecure = true"));
    CHECK(problems_of(file(mesh + line + "\ninsecure = true")).empty());
    CHECK(problems_of(file(mesh + line + "\ninsecure = false")).size() == 1);
  }
}

TEST_CASE("insecure holds for its own mesh alone") {
  auto text = mesh
              + "listen = \"0.0.0.0:1\"\ninsecure = true\n[[mesh]]\nname = \"b\"\n"
                "serial = \"/dev/b\"\nlisten = \"0.0.0.0:2\"";
  CHECK(only_problem(file(text)).key == "mesh.1.listen");
}

TEST_CASE("a node is idle before it is disconnected") {
  auto problem = only_problem(file(mesh + "idle_after = \"180s\""));
  CHECK(problem.key == "mesh.idle_after");
  CHECK(problem.line == 3);
  CHECK(problem.message == "idle_after (180s) must be shorter than disconnected_after (180s)");
  CHECK(only_problem(file(mesh + "disconnected_after = 1")).key == "mesh.disconnected_after");
  CHECK(problems_of(file(mesh + "idle_after = 179")).empty());
}

TEST_CASE("a value that was refused causes no second problem") {
  CHECK(only_problem(file(mesh + "idle_after = \"5y\"\ndisconnected_after = 1")).key
        == "mesh.idle_after");
  CHECK(only_problem(file("[[mesh]]\nserial = 3")).message.starts_with("expected"));
  CHECK(only_problem(file(mesh + "listen = \"0.0.0.0\"")).message.starts_with("expected"));
  CHECK(only_problem(file(mesh + "listen = \"0.0.0.0:1\"\ninsecure = 1")).key == "mesh.insecure");
}

TEST_CASE("a gateway has at most 64 meshes") {
  std::string text;
  for (auto i = 0; i < 65; ++i) {
    auto n = std::to_string(i);
    text += "[[mesh]]\nname = \"m" + n + "\"\nserial = \"/dev/m" + n + "\"\nlisten = \"[::1]:0\"\n";
  }
  auto problem = only_problem(file(text));
  CHECK(mentions(problem, "at most 64"));
  CHECK(problem.line == 4 * 64 + 1);
}
