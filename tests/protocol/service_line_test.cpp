#include "protocol/service_line.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

using namespace xylem;

namespace {

using names = std::vector<std::string>;

boost::json::object document(const char* text) {
  return boost::json::parse(text).as_object();
}

/// Everything runs; `gate` is the state of the gate, `port` that of the uart.
boost::json::object running(const std::string& gate = "listening",
                            const std::string& port = "running") {
  return document((R"({"actors": [
    {"name": "event_hub", "state": "running"}, {"name": "uart/field", "state": ")" + port + R"("},
    {"name": "recorder", "state": "running"}, {"name": "monitor_gate", "state": "running"}],
    "monitor_gate": {"state": ")" + gate + R"("}, "silent_actors": []})").c_str());
}

} // namespace

TEST_CASE("a gateway has started when all actors run and the gate listens") {
  CHECK(still_starting(running()).empty());
  CHECK(still_starting(running("starting")) == names{"monitor_gate"});
}

TEST_CASE("a port that is not there does not hold up the start") {
  CHECK(still_starting(running("listening", "waiting")).empty());
}

TEST_CASE("a gate that has failed does not hold up the start, whether it waits or is tried again") {
  auto status = running("starting");
  auto& gate = status["actors"].as_array()[3].as_object();
  gate["restarts"] = 1;
  CHECK(still_starting(status).empty());
  gate["state"] = "waiting";
  CHECK(still_starting(status).empty());
}

TEST_CASE("who waits or does not answer holds up the start, who is parked does not") {
  auto status = running();
  status["silent_actors"] = {"event_hub"};
  CHECK(still_starting(status) == names{"event_hub"});
  status = running();
  status["actors"].as_array()[2].as_object()["state"] = "waiting";
  CHECK(still_starting(status) == names{"recorder"});
  status["actors"].as_array()[2].as_object()["state"] = "parked";
  CHECK(still_starting(status).empty());
}

TEST_CASE("what the start waits for is a line") {
  CHECK(starting_line({}) == "starting");
  CHECK(starting_line({"recorder"}) == "starting: waits for recorder");
  CHECK(starting_line({"recorder", "web_server"}) == "starting: waits for recorder, web_server");
}

TEST_CASE("links, nodes and clients of all meshes are one line") {
  auto status = document(R"({"meshes": [
    {"name": "field", "link": {"state": "up", "reason": "frames are decoded"},
     "nodes": {"total": 812}, "clients": {"connected": 2}},
    {"name": "yard", "link": {"state": "down", "reason": "No such file or directory"},
     "nodes": {"total": 1}, "clients": {"connected": 1}}]})");
  CHECK(service_line(status, "")
        == "field: up, 812 nodes; yard: down (No such file or directory); 3 clients");
}

TEST_CASE("one is not many") {
  auto status = document(R"({"meshes": [{"name": "field", "link": {"state": "silent"},
    "nodes": {"total": 1}, "clients": {"connected": 1}}]})");
  CHECK(service_line(status, "") == "field: silent, 1 node; 1 client");
}

TEST_CASE("what is not as it should be is in the line, and the note comes last") {
  auto status = document(R"({"recorder": {"state": "degraded", "reason": "disk full"},
    "actors": [{"name": "web_server", "state": "parked"},
               {"name": "event_hub", "state": "running"},
               {"name": "monitor_gate", "state": "running", "waits_for": "signal 9"}],
    "silent_actors": ["node_cache/field"], "meshes": []})");
  CHECK(service_line(status, "restart needed for: web.listen")
        == "0 clients; recorder: degraded (disk full); web_server: parked; "
           "monitor_gate: tried again (signal 9); node_cache/field: does not answer; restart needed for: web.listen");
}

TEST_CASE("a reason is cut, on one line, and never within a character") {
  boost::json::object status{
      {"recorder", {{"state", "degraded"}, {"reason", std::string(99, 'x') + "é\nREADY=1"}}}};
  CHECK(service_line(status, "")
        == "0 clients; recorder: degraded (" + std::string(99, 'x') + "…)");
  status["recorder"].as_object()["reason"] = "a\nb";
  CHECK(service_line(status, "") == "0 clients; recorder: degraded (a b)");
}

TEST_CASE("a status document without anything is a line, too") {
  CHECK(service_line({}, "") == "0 clients");
  CHECK(still_starting({}).empty());
}
