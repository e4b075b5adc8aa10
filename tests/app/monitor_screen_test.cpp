#include "app/commands/console_text.hpp"
#include "app/commands/monitor_screen.hpp"
#include "app/commands/monitor_view.hpp"

#include "monitor_fixture.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;
using namespace std::chrono_literals;

namespace {

screen_model model_of_two() {
  screen_model model;
  model.name = "office";
  model.now = monitor_time;
  model.gateways = {
      {.name = "north", .state = following_state::following, .behind = 12, .rate = 3.25},
      {.name = "south", .reason = "connection refused", .missed = 7}};
  model.meshes = {{.path = "north/field", .link = link_state::up, .active = 8, .rate = 3.25}};
  model.incidents = {"a gap"};
  model.events = {"newest", "older"};
  return model;
}

std::string text_of(const std::vector<screen_line>& lines) {
  std::string text;
  for (const auto& line : lines)
    text += line.text + '\n';
  return text;
}

bool is_safe(const std::string& text) {
  return printable(text) == text;
}

} // namespace

TEST_CASE("the live view shows gateways, meshes, incidents and events") {
  auto lines = render(model_of_two(), {80, 14});
  CHECK(text_of(lines)
        == "xylem monitor office  2023-11-14T22:13:20Z  q ends\n"
           "GATEWAY                    STATE         RATE  BEHIND  MISSED  REASON\n"
           "north                      following    3.2/s      12       0  \n"
           "south                      connecting   0.0/s       0       7  connection refus…\n"
           "MESH                       LINK          RATE  ACTIVE    IDLE    GONE  REASON\n"
           "north/field                up           3.2/s       8       0       0  \n"
           "INCIDENTS\n"
           "a gap\n"
           "EVENTS\n"
           "newest\n"
           "older\n"
           "\n\n\n");
  CHECK(lines[2].style == screen_style::good);
  CHECK(lines[3].style == screen_style::warning);
}

TEST_CASE("whatever there is to show fits on any screen") {
  auto model = model_of_two();
  for (auto i = 0; i < 300; ++i) {
    model.gateways.push_back({.name = std::string(64, 'g'), .reason = std::string(300, 'r')});
    model.meshes.push_back(
        {.path = std::string(200, 'm'), .reason = "äöü€😀" + std::string(99, 'x')});
    model.events.push_back(std::string(500, 'e'));
    model.incidents.push_back("i");
    model.log.push_back("l");
  }
  for (std::size_t columns : {1, 2, 7, 20, 40, 79, 80, 200})
    for (std::size_t rows : {0, 1, 2, 3, 5, 10, 24, 100}) {
      auto lines = render(model, {columns, rows});
      CHECK(lines.size() == rows);
      for (const auto& line : lines)
        CHECK(shown_width(line.text) <= columns);
    }
  auto shown = text_of(render(model, {80, 24}));
  CHECK(shown.find("… and ") != std::string::npos);
  CHECK(shown.find("\nMESH ") != std::string::npos);
  CHECK(shown.find("\nEVENTS\n") != std::string::npos);
}

TEST_CASE("no byte of the field steers the terminal") {
  auto model = model_of_two();
  const std::string evil = "a\x1b[2Jb\x07\xc2\x9b"
                           "31mc\r\n\x7f";
  model.gateways[0].reason = model.meshes[0].path = model.events[0] = model.name = evil;
  model.incidents[0] = model.log.emplace_back(evil) = evil;
  for (const auto& line : render(model, {80, 24}))
    CHECK(is_safe(line.text));
}

TEST_CASE("a text that is too wide is cut between characters and says so") {
  CHECK(fitted("field", 5) == "field");
  CHECK(fitted("fields", 5) == "fiel…");
  CHECK(fitted("äöüß€", 5) == "äöüß€");
  CHECK(fitted("äöüß€x", 3) == "äö…");
  CHECK(fitted("ab", 1) == "…");
  CHECK(fitted("ab", 0) == "");
}

TEST_CASE("a frame draws over the one before it, line by line") {
  CHECK(frame_of({{"a"}, {"b", screen_style::bad}})
        == "\x1b[Ha\x1b[K\r\n\x1b[31mb\x1b[0m\x1b[K\x1b[J");
}

TEST_CASE("the view gathers states, rates, nodes, gaps and the latest events") {
  monitor_view view{{}};
  monitor_callbacks callbacks{[&](const followed_event& which) { view.event(which); },
                              [&](const gateway_change& what) { view.change(what); },
                              [&](const gateway_progress& how) { view.progress(how); }};
  gateway_teller teller{callbacks, [] { return monitor_time; }};
  told_gateway north;
  const mono_time start{1h};
  teller.changed(north.status);
  view.look({start, monitor_time});
  auto page = told_gateway::page(10, 19);
  page.gap = make_gap_event({3, 9, 7, "overwritten"}, {});
  page.newest.seq = 25;
  teller.told(north.status, page);
  view.count_nodes(
      {{"meshes", {{{"name", "north/field"}, {"nodes", {{"active", 8}, {"idle", 1}}}}}}});
  auto model = view.look({start + 2s, monitor_time});
  REQUIRE(model.gateways.size() == 1);
  CHECK(model.gateways[0].name == "north");
  CHECK(model.gateways[0].behind == 6);
  CHECK(model.gateways[0].missed == 7);
  CHECK(model.gateways[0].rate == 5.5); // 10 readings and the gap in 2 s
  REQUIRE(model.meshes.size() == 1);
  CHECK(model.meshes[0].path == "north/field");
  CHECK(model.meshes[0].link == link_state::up);
  CHECK(model.meshes[0].active == 8);
  CHECK(model.meshes[0].idle == 1);
  CHECK(model.meshes[0].rate == 5);
  CHECK(model.events.size() == 10);
  CHECK(model.incidents.size() == 1);
  north.status.meshes.clear();
  north.status.state = following_state::connecting;
  north.status.reason = "closed";
  teller.changed(north.status);
  model = view.look({start + 4s, monitor_time});
  CHECK(model.meshes.empty());
  CHECK(model.gateways[0].reason == "closed");
  CHECK(model.gateways[0].rate == 0);
}
