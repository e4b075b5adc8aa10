#include "tests/app/config_loading.hpp"

#include "app/config/keys.hpp"

#include <fstream>
#include <regex>
#include <sstream>

using namespace xylem;
using namespace xylem::test;

namespace {

struct reference_key {
  std::string value;
  std::string comment; ///< behind the value
  std::string doc;     ///< the line above

  bool operator==(const reference_key&) const = default;
};

std::string reference_text() {
  std::ifstream in{XYLEM_SOURCE_DIR "/deploy/xylem.toml"};
  std::ostringstream out;
  out << in.rdbuf();
  REQUIRE(out.str().size() > 0);
  return out.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);)
    out.push_back(line);
  return out;
}

const std::regex section_line{R"(^#?\[+([a-z_.]+)\]+$)"};
const std::regex key_line{R"(^#?([a-z_]+) = (\S.*?) +# (.+)$)"};
const std::regex disabled_key{R"(^#([a-z_]+ =))"};
const std::regex any_section{R"(^#?\[)"};

/// Key lines by `section.key`; every line is one, a section, prose, or empty.
std::map<std::string, reference_key> reference_keys() {
  std::map<std::string, reference_key> out;
  std::string section, above;
  for (const auto& line : lines_of(reference_text())) {
    std::smatch match;
    if (std::regex_match(line, match, section_line)) {
      section = match[1].str() + '.';
    } else if (std::regex_match(line, match, key_line)) {
      auto added =
          out.emplace(section + match[1].str(),
                      reference_key{match[2], match[3], above.substr(above.find(' ') + 1)});
      CHECK_MESSAGE(added.second, "twice: " << line);
    } else {
      CHECK_MESSAGE((line.empty() || line == "#" || line.starts_with("# ")), "strange: " << line);
    }
    above = line;
  }
  return out;
}

template <class Target>
void add_expected(std::map<std::string, reference_key>& out, const std::string& section,
                  const key_table<Target>& keys) {
  for (const auto& key : keys)
    out[section + key.name] = {key.show(Target{}), key.expected, key.doc};
}

/// But for the keys of a section that is disabled itself.
std::string enabled(const std::string& text) {
  std::string out;
  auto is_disabled = false;
  for (const auto& line : lines_of(text)) {
    if (std::regex_search(line, any_section))
      is_disabled = line.front() == '#';
    out += (is_disabled ? line : std::regex_replace(line, disabled_key, "$1")) + '\n';
  }
  return out;
}

configuration_source with_port(std::string text) {
  return {"xylem.toml", std::move(text), {}, {"mesh.serial=/dev/ttyUSB0"}};
}

} // namespace

TEST_CASE("deploy/xylem.toml holds every key with its default, range, unit and a comment, and "
          "nothing else") {
  std::map<std::string, reference_key> expected;
  add_expected(expected, "", top_level_keys());
  add_expected(expected, "mesh.", mesh_keys());
  add_expected(expected, "events.", event_keys());
  add_expected(expected, "recorder.", recorder_keys());
  add_expected(expected, "web.", web_keys());
  add_expected(expected, "monitor.", monitor_keys());
  add_expected(expected, "gateway.", followed_gateway_keys());
  add_expected(expected, "log.", log_keys());
  auto found = reference_keys();
  for (const auto& [name, key] : expected) {
    CAPTURE(name);
    REQUIRE(found.contains(name));
    CHECK(found[name].value == key.value);
    CHECK(found[name].comment == key.comment);
    CHECK(found[name].doc == key.doc);
  }
  for (const auto& [name, key] : found)
    CHECK_MESSAGE(expected.contains(name), "not a key: " << name);
}

TEST_CASE("deploy/xylem.toml with every key enabled gives exactly the defaults") {
  auto text = enabled(reference_text());
  CHECK(text.find("\nbaud = 115200") != std::string::npos); // the keys are enabled indeed
  auto settings = settings_of(with_port(text));
  REQUIRE(settings.meshes.size() == 1);
  auto same = [](const auto& keys, const auto& left, const auto& right) {
    for (const auto& key : keys)
      CHECK_MESSAGE((key.name == "serial" || key.show(left) == key.show(right)), key.name);
  };
  same(top_level_keys(), settings, gateway_settings{});
  same(event_keys(), settings.events, event_settings{});
  same(recorder_keys(), settings.recorder, recorder_settings{});
  same(web_keys(), web_draft{settings.web, false}, web_draft{});
  same(monitor_keys(), settings.monitor, monitor_settings{});
  CHECK(settings.monitor.allow.empty());
  CHECK(settings.gateways.empty());
  same(log_keys(), settings.log, log_settings{});
  same(mesh_keys(), mesh_draft{settings.meshes[0], false}, mesh_draft{});
  CHECK(settings.meshes[0].data_types.empty());
}

TEST_CASE("deploy/xylem.toml as it is installed lacks nothing but the serial port") {
  CHECK(only_problem(file(reference_text())).key == "mesh.serial");
  CHECK(problems_of(with_port(reference_text())).empty());
}

TEST_CASE("the list of monitors that deploy/xylem.toml shows is a valid one") {
  std::string text = "[monitor]\n";
  for (const auto& line : lines_of(reference_text()))
    if (line.starts_with("#   allow") || line.starts_with("#     {name = \"office")
        || line.starts_with("#     {name = \"laptop"))
      text += line.substr(1) + '\n';
  auto allow = settings_of(with_port(text + "]\n")).monitor.allow;
  CHECK(allow
        == std::vector<allowed_monitor>{{"office", access_scope::command},
                                        {"laptop", access_scope::read}});
}

TEST_CASE("the data type that deploy/xylem.toml shows is a valid one with every key") {
  std::string text = "[[mesh]]\n";
  for (const auto& line : lines_of(reference_text()))
    if (line.starts_with("#   [[") || line.starts_with("#   name") || line.starts_with("#   fields")
        || (line.starts_with("#     {") && line.find("scopes") == std::string::npos))
      text += line.substr(1) + '\n';
  text += "]\n";
  auto types = settings_of(with_port(text)).meshes[0].data_types;
  REQUIRE(types.size() == 1);
  CHECK(types[0].fields.size() == 2);
  for (const auto& key : data_field_keys())
    CHECK_MESSAGE(text.find(key.name + " = ") != std::string::npos, key.name);
}
