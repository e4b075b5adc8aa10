#include "monitor_fixture.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

/// Lists what it is told, one text each.
struct listener {
  listener() {
    callbacks.event = [this](const followed_event& which) {
      if (which.what.seq == broken_at)
        throw std::runtime_error{"cannot take it"};
      heard.push_back(std::string{which.mesh} + ' ' + std::to_string(which.reached.epoch) + ':'
                      + std::to_string(which.reached.seq) + ' ' + which.text());
    };
    callbacks.change = [this](const gateway_change& what) {
      heard.push_back(std::string{what.gateway} + " is " + std::string{to_string(what.state)});
    };
    callbacks.progress = [this](const gateway_progress& how) {
      heard.push_back(std::string{how.gateway} + " reached " + std::to_string(how.reached.seq)
                      + " of " + std::to_string(how.newest.seq));
    };
  }

  monitor_callbacks callbacks;
  std::vector<std::string> heard;
  std::uint64_t broken_at = 0;
  gateway_teller teller{callbacks, [] { return monitor_time; }};
};

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("what a gateway tells is told in order, with the path of its mesh and where to go on") {
  listener who;
  told_gateway north;
  north.declare_tmp();
  who.teller.changed(north.status);
  who.teller.told(north.status, told_gateway::page(41, 42));
  CHECK(who.heard
        == lines{"north is following", "north/field 7:41 celsius=23", "north/field 7:42 celsius=23",
                 "north reached 42 of 42"});
  CHECK(who.teller.starts_at("north") == cursor{7, 42});
  CHECK_FALSE(who.teller.starts_at("south"));
}

TEST_CASE("a gap is of the gateway, and ends right before the event that follows it") {
  listener who;
  told_gateway north;
  auto page = told_gateway::page(12, 12);
  page.gap = make_gap_event({3, 11, 9, "overwritten"}, {});
  page.gap->seq = 4711; // what its publisher made of it
  who.teller.told(north.status, page);
  CHECK(who.heard
        == lines{"north 7:11 9 events lost: overwritten", "north/field 7:12 17",
                 "north reached 12 of 12"});
  event_page alone{.gap = make_gap_event({0, 0, 0, "other epoch"}, {}), .reached = {8, 100}};
  who.heard.clear();
  who.teller.told(north.status, alone);
  CHECK(who.heard.front() == "north 8:100 events lost: other epoch");
}

TEST_CASE("a page without events moves the position") {
  listener who;
  told_gateway north;
  who.teller.told(north.status, {.reached = {7, 90}, .newest = {7, 95}});
  CHECK(who.heard == lines{"north reached 90 of 95"});
  CHECK(who.teller.starts_at("north") == cursor{7, 90});
}

TEST_CASE("a callback that throws gets its event again, and none of those before it") {
  listener who;
  told_gateway north;
  who.broken_at = 43;
  CHECK_THROWS_AS(who.teller.told(north.status, told_gateway::page(41, 44)), std::runtime_error);
  CHECK(who.teller.starts_at("north") == cursor{7, 42});
}

TEST_CASE("a gateway starts where somebody says") {
  listener who;
  who.teller.start_at("north", {7, 40});
  CHECK(who.teller.starts_at("north") == cursor{7, 40});
}

TEST_CASE("an event of a mesh that is not known yet has its number for a name") {
  listener who;
  told_gateway north;
  auto page = told_gateway::page(1, 1);
  page.events.front().mesh = {3};
  who.teller.told(north.status, page);
  CHECK(who.heard.front() == "north/mesh-3 7:1 17");
}

TEST_CASE("data types that are told later decode what comes then") {
  listener who;
  told_gateway north;
  who.teller.told(north.status, told_gateway::page(1, 1));
  north.declare_tmp();
  who.teller.told(north.status, told_gateway::page(2, 2));
  CHECK(who.heard[0] == "north/field 7:1 17");
  CHECK(who.heard[2] == "north/field 7:2 celsius=23");
}

TEST_CASE(
    "a followed event has fields as numbers, and is what a WebSocket tells with its gateway") {
  monitor_callbacks callbacks;
  std::string json;
  std::optional<double> celsius, other;
  callbacks.event = [&](const followed_event& which) {
    celsius = which.number("celsius");
    other = which.number("fahrenheit");
    which.append_json(json);
  };
  gateway_teller teller{callbacks};
  told_gateway north;
  north.declare_tmp();
  teller.told(north.status, told_gateway::page(41, 41));
  CHECK(celsius == 23);
  CHECK_FALSE(other);
  CHECK(json
        == R"({"gateway":"north","epoch":7,"seq":41,"time":"2023-11-14T22:13:20.000Z",)"
           R"("mesh":"north/field","kind":"reading","node":5,"type":"TMP","data":"17",)"
           R"("value":{"celsius":23},"reading":41})");
}
