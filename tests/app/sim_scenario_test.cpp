#include "app/sim/scenario.hpp"
#include "app/sim/sim_options.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <stdexcept>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

std::vector<sim_step> steps_of(std::string_view text) {
  auto read = parse_scenario(text, "test.toml");
  REQUIRE(std::holds_alternative<std::vector<sim_step>>(read));
  return std::get<std::vector<sim_step>>(read);
}

scenario_problems problems_of(std::string_view text) {
  auto read = parse_scenario(text, "test.toml");
  REQUIRE(std::holds_alternative<scenario_problems>(read));
  return std::get<scenario_problems>(read);
}

} // namespace

TEST_CASE("sim: a scenario is a list of steps") {
  auto steps = steps_of(R"(
[[step]]
at = "3s"
do = "unplug"
for = "1500ms"

[[step]]
at = 2.5
every = "10s"
times = 4
do = "reset"

[[step]]
do = "garbage"
probability = 0.25
for = "1m"
)");
  REQUIRE(steps.size() == 3);
  CHECK(steps[0] == sim_step{.action = sim_action::unplug, .at = 3s, .duration = 1500ms});
  CHECK(steps[1] == sim_step{.action = sim_action::reset, .at = 2500ms, .every = 10s, .times = 4});
  CHECK(steps[2] == sim_step{.action = sim_action::garbage, .duration = 60s, .probability = 0.25});
}

TEST_CASE("sim: an empty scenario has no steps") {
  CHECK(steps_of("").empty());
  CHECK(steps_of("# nothing happens\n").empty());
}

TEST_CASE("sim: an unknown key is an error with its line and what was meant") {
  auto problems = problems_of("[[step]]\nat = \"3s\"\ndo = \"reset\"\nevrey = \"1s\"\n");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].line == 4);
  CHECK(problems[0].key == "evrey");
  CHECK(problems[0].suggestion == "every");
  CHECK(describe(problems[0], "").starts_with("test.toml:4:1: error: evrey: unknown key"));
}

TEST_CASE("sim: an unknown action is an error with its line and what was meant") {
  auto problems = problems_of("[[step]]\ndo = \"unplugg\"\nfor = \"1s\"\n");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].line == 2);
  CHECK(problems[0].suggestion == "unplug");
}

TEST_CASE("sim: an unknown table is an error with what was meant") {
  auto problems = problems_of("[[stepp]]\ndo = \"reset\"\n");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].line == 1);
  CHECK(problems[0].suggestion == "step");
}

TEST_CASE("sim: every problem of a scenario is told, in the order of lines") {
  auto problems = problems_of("[[step]]\ndo = 7\nat = \"soon\"\nfoo = 1\n[[step]]\nat = \"1s\"\n");
  REQUIRE(problems.size() == 4);
  for (std::size_t i = 0; i < problems.size(); ++i)
    CHECK(problems[i].line == i + 2); // lines 2 to 5
}

TEST_CASE("sim: a step that contradicts itself or leaves its bounds is an error") {
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"do = 'unplug'", "`unplug` needs `for`"},
      {"do = 'stall'", "`stall` needs `for`"},
      {"do = 'reset'\nfor = '1s'", "`reset` takes no `for`"},
      {"do = 'reset'\nprobability = 0.5", "`reset` takes no `probability`"},
      {"do = 'flip'\nfor = '1s'", "`for` needs `probability`"},
      {"do = 'reset'\ntimes = 3", "`times` needs `every`"},
      {"do = 'unplug'\nfor = '2s'\nevery = '2s'", "`every` must be longer than `for`"},
      {"do = 'reset'\nat = '31d'", "a time is at most 30 days"},
      {"do = 'garbage'\nbytes = 65537", "`bytes` is from 1 to 65536"},
      {"do = 'garbage'\nbytes = 0", "expected a number of bytes, from 1"},
      {"do = 'garbage'\nprobability = 1.5", "expected a number above 0, up to 1"},
      {"do = 'garbage'\nprobability = nan", "expected a number above 0, up to 1"},
      {"do = 'reset'\nat = '-1s'", "expected a time such as \"500ms\" or \"3s\""},
      {"do = 'reset'\nat = -1", "expected a time such as \"500ms\" or \"3s\""},
      {"do = 'reset'\nevery = '1s'\ntimes = -1", "expected a number of times, from 1"}};
  for (const auto& [body, message] : cases) {
    auto problems = problems_of("[[step]]\n" + std::string{body});
    CAPTURE(body);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].message == message);
    CHECK(problems[0].line >= 1);
  }
}

TEST_CASE("sim: text that is no TOML is an error with its line") {
  auto problems = problems_of("\n\n[[step]\n");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].line == 3);
}

TEST_CASE("sim: a scenario is bounded in length and in steps") {
  CHECK(problems_of(std::string(64 * 1024 + 1, '#'))[0].message == "longer than 64 KiB");
  std::string many;
  for (int i = 0; i < 257; ++i)
    many += "[[step]]\ndo = \"reset\"\n";
  CHECK(problems_of(many)[0].message == "at most 256 steps");
}

TEST_CASE("sim: step in single brackets is told how to write it") {
  CHECK(problems_of("[step]\ndo = \"reset\"\n")[0].message
        == "expected [[step]], in double brackets");
}

TEST_CASE("sim: the example scenarios are valid") {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator{XYLEM_SOURCE_DIR "/deploy/scenarios"}) {
    auto loaded = load_scenario(entry.path().string());
    CAPTURE(entry.path().string());
    REQUIRE(std::holds_alternative<std::vector<sim_step>>(loaded));
    CHECK_FALSE(std::get<std::vector<sim_step>>(loaded).empty());
    ++count;
  }
  CHECK(count == 3);
}

TEST_CASE("sim: a scenario that cannot be read is an error") {
  auto loaded = load_scenario("/nonexistent/scenario.toml");
  REQUIRE(std::holds_alternative<scenario_problems>(loaded));
  CHECK(std::get<scenario_problems>(loaded)[0].message == "cannot be read");
}

TEST_CASE("sim: every action has a name that is read back") {
  auto names = sim_action_names();
  CHECK(names.size() == sim_actions);
  for (std::size_t i = 0; i < names.size(); ++i)
    CHECK(parse_sim_action(names[i]) == static_cast<sim_action>(i));
  CHECK_FALSE(parse_sim_action("explode"));
}

TEST_CASE("sim: types are codes of three characters, with a length if they are dynamic") {
  auto types = parse_sim_types("GPS,abc:9,x y");
  CHECK(types
        == std::vector<sim_type>{
            {type_code{"GPS"}, 6}, {type_code{"abc"}, 9}, {type_code{"x y"}, 4}});
  CHECK(parse_sim_types("").empty());
  CHECK(parse_sim_types("GPS:6").size() == 1);
  for (const auto* wrong : {"GP", "GPSX", "GPS:7", "abc:256", "abc:", "abc:-1", "abc:1x", ",GPS"})
    CHECK_THROWS_AS(parse_sim_types(wrong), std::invalid_argument);
}

TEST_CASE("sim: options out of bounds are refused") {
  auto refused = [](auto change) {
    root_options options;
    change(options);
    CHECK_THROWS_AS(validate(options), std::invalid_argument);
  };
  refused([](auto& options) { options.dialect = "klingon"; });
  refused([](auto& options) { options.nodes = 65'535; });
  refused([](auto& options) { options.rate = -1; });
  refused([](auto& options) { options.rate = std::numeric_limits<double>::quiet_NaN(); });
  refused([](auto& options) { options.request_rate = 1e9; });
  refused([](auto& options) { options.escape_percent = 101; });
  refused([](auto& options) { options.heartbeat = 1ns; });
  refused([](auto& options) { options.join_window = -1s; });
  refused([](auto& options) { options.steps.resize(257); });
  refused([](auto& options) { options.steps = {sim_step{.action = sim_action::stall}}; });
  CHECK_NOTHROW(validate(root_options{}));
}
