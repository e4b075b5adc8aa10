#include "app/commands/doctor_text.hpp"
#include "app/doctor/configuration_edit.hpp"
#include "app/doctor/host_probe.hpp"
#include "tests/gateway/temp_folder.hpp"

#include <doctest/doctest.h>

#include <boost/json/array.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

using namespace xylem;
using namespace xylem::testing;
using namespace std::chrono_literals;

namespace {

const std::string written = "# mine\n"
                            "[[mesh]]\n"
                            "serial = \"/dev/a\"\n"
                            "  baud = 9600 # slow\n"
                            "\n"
                            "[[mesh]]\n"
                            "name = \"b\"\n"
                            "serial = \"/dev/b\"\n"
                            "listen = \"127.0.0.1:5002\"\n"
                            "\n"
                            "[log]\n"
                            "level = \"info\"\n";

/// What a file becomes by the command that changes one key; empty: there is no such command.
std::string edited(const std::string& text, const std::string& path, const std::string& value,
                   std::vector<std::string> sets = {}) {
  temp_folder folder;
  auto file = folder.write("my file.toml", text);
  configuration_editor editor{{file, text, {}, std::move(sets)}, {}};
  auto command = editor.set(path, value);
  if (command.empty())
    return {};
  REQUIRE(std::system(command.c_str()) == 0);
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string with(std::string text, const std::string& old, const std::string& now) {
  return text.replace(text.find(old), old.size(), now);
}

} // namespace

TEST_CASE("a command changes the line of a key, and nothing else of the file") {
  CHECK(edited(written, "mesh.baud", "57600")
        == with(written, "  baud = 9600 # slow", "  baud = 57600"));
  CHECK(edited(written, "mesh.1.serial", "\"/dev/it's\"")
        == with(written, "\"/dev/b\"", "\"/dev/it's\""));
}

TEST_CASE("a key that is not there is added to its own table") {
  CHECK(edited(written, "mesh.1.baud", "57600")
        == with(written, "name = \"b\"\n", "baud = 57600\nname = \"b\"\n"));
  CHECK(edited(written, "log.format", "\"json\"")
        == with(written, "level", "format = \"json\"\nlevel"));
  CHECK(edited(written, "web.listen", "\"127.0.0.1:8000\"")
        == written + "[web]\nlisten = \"127.0.0.1:8000\"\n");
  CHECK(edited("[log]\nlevel = \"info\"", "web.listen", "\"127.0.0.1:8000\"")
        == "[log]\nlevel = \"info\"\n[web]\nlisten = \"127.0.0.1:8000\"\n");
}

TEST_CASE("no command changes what does not stand on a line of its own, or in the file") {
  CHECK(edited("mesh = [{serial = \"/dev/a\", baud = 9600}]\n", "mesh.baud", "1").empty());
  CHECK(edited(written, "mesh.baud", "57600", {"mesh.baud=4800"}).empty());
  configuration_editor none{{}, {}};
  CHECK(none.set("mesh.baud", "57600").empty());
}

TEST_CASE("variables that the unit sets count for the installed configuration") {
  std::ifstream in{XYLEM_SOURCE_DIR "/deploy/systemd/xylem.service"};
  std::string unit{std::istreambuf_iterator<char>{in}, {}};
  CHECK(variables_of_unit(unit)
        == std::map<std::string, std::string>{{"XYLEM_STATE_DIR", "/var/lib/xylem"}});
  CHECK(variables_of_unit("Environment=PATH=/x\nEnvironment=XYLEM_\n# Environment=XYLEM_A=1")
            .empty());
}

TEST_CASE("what can be read at the configured rate is not tried at others") {
  std::vector<std::uint32_t> tried;
  bytes frames;
  for (int i = 0; i < 4; ++i)
    append_frame(frames, view_of(std::string_view{"\x00\x05[M]\x02hi", 8}));
  auto heard_at = 115'200U;
  line_reader read = [&](std::uint32_t baud, std::chrono::milliseconds) {
    tried.push_back(baud);
    return line_sample{baud, baud == heard_at ? frames : bytes(40, std::byte{0x80})};
  };
  CHECK(listen_to(read, 115'200, true, 1s).size() == 1);
  heard_at = 57'600;
  CHECK(listen_to(read, 115'200, true, 1s).back().baud == 57'600);
  CHECK(tried.back() == 57'600);
  heard_at = 1;
  CHECK(listen_to(read, 115'200, true, 1s).size() == usual_rates().size());
  CHECK(listen_to(read, 115'200, false, 1s).size() == 1); // tcp:// has its rate elsewhere
}

TEST_CASE("findings are a line each, and the worst are told first with what to do") {
  std::vector<finding> all{{.id = "clock", .level = severity::note, .statement = "late"},
                           {.id = "port",
                            .subject = "field",
                            .level = severity::error,
                            .statement = "closed\x1b[2J",
                            .evidence = "0600",
                            .command = "chmod 660 /dev/a"}};
  std::ostringstream out;
  print_findings(out, all, text_style::plain);
  CHECK(out.str()
        == "note     clock  late\n"
           "error    port   closed?[2J [field]\n"
           "\n"
           "error    port: closed?[2J\n"
           "  read:    0600\n"
           "  repair:  chmod 660 /dev/a\n"
           "\n"
           "note     clock: late\n"
           "\n"
           "1 error, 0 warnings, 1 note, 0 ok\n");
  std::ostringstream coloured;
  print_findings(coloured, all, text_style::colours);
  CHECK(coloured.str().starts_with("\x1b[36mnote   \x1b[0m  clock"));
}

TEST_CASE("the document of findings has the worst severity as its state") {
  std::vector<finding> all{{.id = "a"}, {.id = "b", .level = severity::warning}};
  auto document = findings_document(all);
  CHECK(document.at("state") == "warning");
  REQUIRE(document.at("findings").as_array().size() == 2);
  const auto& first = document.at("findings").at(0).as_object();
  for (auto name : {"id", "subject", "severity", "statement", "evidence", "command", "advice"})
    CHECK(first.at(name).is_string());
}
