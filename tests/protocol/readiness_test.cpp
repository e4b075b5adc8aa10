#include "protocol/readiness.hpp"

#include <doctest/doctest.h>

#include <boost/json/array.hpp>

using namespace xylem;
namespace json = boost::json;

namespace {

json::object actor(std::string_view name, std::string_view state = "running") {
  return {{"name", name}, {"state", state}, {"waits_for", nullptr}};
}

json::object status_of(json::array actors, json::array silent = {}) {
  return {{"actors", std::move(actors)}, {"silent_actors", std::move(silent)}};
}

bool is_ready(const json::object& status) { return readiness_of(status).at("ready").as_bool(); }

} // namespace

TEST_CASE("a gateway whose actors all run and answer is ready") {
  auto tree = readiness_of(status_of({actor("event_hub"), actor("node_cache/field")}));
  CHECK(tree.at("ready").as_bool());
  REQUIRE(tree.at("actors").as_array().size() == 2);
  CHECK(tree.at("actors").at(1)
        == json::value{{"name", "node_cache/field"},
                       {"ready", true},
                       {"state", "running"},
                       {"waits_for", nullptr}});
}

TEST_CASE("an actor that does not answer is named, and the gateway is not ready") {
  auto tree = readiness_of(status_of({actor("event_hub"), actor("web_server")}, {"event_hub"}));
  CHECK_FALSE(tree.at("ready").as_bool());
  CHECK(tree.at("actors").at(0).at("state").as_string() == "silent");
  CHECK_FALSE(tree.at("actors").at(0).at("ready").as_bool());
  CHECK(tree.at("actors").at(1).at("ready").as_bool());
}

TEST_CASE("a uart that waits for its port is ready, other actors that wait are not") {
  CHECK(is_ready(status_of({actor("uart/field", "waiting")})));
  CHECK_FALSE(is_ready(status_of({actor("node_cache/field", "waiting")})));
  CHECK_FALSE(is_ready(status_of({actor("uart/field", "waiting")}, {"uart/field"})));
}

TEST_CASE("an actor that is parked or restarted is not ready") {
  CHECK_FALSE(is_ready(status_of({actor("uart/field", "parked")})));
  CHECK_FALSE(is_ready(status_of({actor("event_hub", "restarting")})));
}

TEST_CASE("what an actor waits for is told") {
  auto waiting = actor("uart/field", "waiting");
  waiting["waits_for"] = "/dev/ttyUSB0";
  CHECK(readiness_of(status_of({waiting})).at("actors").at(0).at("waits_for").as_string()
        == "/dev/ttyUSB0");
}
