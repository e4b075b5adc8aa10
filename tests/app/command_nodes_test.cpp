#include "app/commands/nodes.hpp"
#include "app/commands/status.hpp"

#include "command_fixture.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

const std::string all_nodes = "GET /api/v1/meshes/field/nodes?limit=1000";

constexpr auto two_nodes =
    R"({"nodes":[{"address":5,"uuid":"00ff","name":"gate","status":"active",)"
    R"("heard":true,"last_heard":"2023-11-14T22:13:17.000Z",)"
    R"("counters":{"frames":12,"malformed":1},"types":["GPS","TMP"]},)"
    R"({"address":258,"status":"disconnected","heard":false}]})";

int nodes(const fake_web_gateway& gateway, recorded_console& to, const std::string& status = {},
          output_format format = output_format::text) {
  return run_nodes({options_for(gateway.url(), format), status}, to.io);
}

std::vector<web_script> status_script(const std::string& json) {
  return one_connection({{"GET /api/v1/status", json}});
}

std::string shown_status(const std::string& json) {
  fake_web_gateway gateway{status_script(json)};
  recorded_console to;
  CHECK(run_status({options_for(gateway.url())}, to.io) == 0);
  return to.out.str();
}

} // namespace

TEST_CASE("nodes are a table, and one that was not heard since the start says so") {
  fake_web_gateway gateway{one_connection({{all_nodes, two_nodes}})};
  recorded_console to;
  CHECK(nodes(gateway, to) == 0);
  CHECK(to.out.str()
        == "NODE  STATUS                    HEARD  NAME  TYPES    FRAMES  MALFORMED  UUID\n"
           "   5  active                    3.0 s  gate  GPS TMP      12          1  00ff\n"
           " 258  disconnected (not heard)      -                      0          0\n");
}

TEST_CASE("nodes of one status are asked for, and none is told") {
  fake_web_gateway gateway{one_connection(
      {{"GET /api/v1/meshes/field/nodes?status=idle&limit=1000", R"({"nodes":[]})"}})};
  recorded_console to;
  CHECK(nodes(gateway, to, "idle") == 0);
  CHECK(to.out.str() == "");
  CHECK(to.err.str() == "no node is idle\n");
}

TEST_CASE("nodes as JSON are all pages in one document, members unknown here included") {
  fake_web_gateway gateway{
      one_connection({{all_nodes, R"({"nodes":[{"address":5,"new":[1.5]}],"next":5})"},
                      {all_nodes + "&cursor=5", R"({"nodes":[{"address":6}]})"}})};
  recorded_console to;
  CHECK(nodes(gateway, to, "", output_format::json) == 0);
  CHECK(to.out.str() == "{\"nodes\":[{\"address\":5,\"new\":[1.5]},{\"address\":6}]}\n");
}

TEST_CASE("nodes have an exit code for each way to fail") {
  closed_port nobody;
  recorded_console to;
  CHECK(run_nodes({options_for(url_of(nobody)), ""}, to.io) == 3);
  fake_web_gateway refusing{
      one_connection({{all_nodes, problem_json("not-available", "restarting"), 503}})};
  CHECK(nodes(refusing, to) == 1);
  for (auto answer : {"", "{\"nodes\":", "[]", "{}", "<html>", R"({"nodes":[{}]})"}) {
    CAPTURE(answer);
    fake_web_gateway broken{one_connection({{all_nodes, answer}})};
    recorded_console told;
    CHECK(nodes(broken, told) == 1);
    CHECK(told.err.str().find("is no gateway's HTTP port (") != std::string::npos);
  }
  fake_web_gateway gone{{web_script{{{all_nodes, two_nodes}}, {}, web_ending::breaks}}};
  CHECK(nodes(gone, to) == 3);
}

TEST_CASE("the status is told in the order in which one looks for a fault") {
  CHECK(shown_status(R"({"version":"1.2.3","state":"degraded","uptime_seconds":7200,"pid":42,
      "meshes":[{"name":"field","dialect":"classic",
        "link":{"state":"noisy","reason":"baud?","port":"/dev/serial/by-id/x",
                "resolved":"/dev/ttyUSB0",
                "since":"2023-11-14T22:03:20.000Z","last_frame":"2023-11-14T22:13:17.000Z"},
        "uart":{"bytes_read":130,"frames":3,"frame_bytes":100,"console_bytes":20,"pending_bytes":3,
                "rejects":{"truncated":{"count":1,"bytes":4},"empty":{"count":0,"bytes":0},
                           "malformed":{"count":2,"bytes":3}},
                "bytes_written":50,"transmit_queue":{"commands":2,"bytes":40}},
        "commands":{"accepted":5,"written":3,"expired":0,"failed":0,"waiting":2},
        "nodes":{"total":3,"active":1,"idle":1,"disconnected":1},
        "cache":{"readings":7,"bytes":420,"evicted":0},
        "clients":{"address":"127.0.0.1:5001","connected":3,"listeners":1,"limit":1024,
                   "accepted":9,"refused":0,"requests":20,"failures":{"Node Not Found":2},
                   "listeners_cut":0,"pushes":8}}],
      "events":{"epoch":7,"seq":99,"ring":{"events":90,"bytes":9000},
        "subscribers":[{"name":"watch 1","published":9,
          "delivered":8,"coalesced":0,"dropped":1,"queued":0}]},
      "actors":[{"name":"uart/field","state":"waiting","restarts":2,"waits_for":"no such port"}],
      "incidents":{"total":2,"recent":[
        {"actor":"uart/field","cause":"port lost","lost":"3 commands",
         "start":"2023-11-14T22:00:00.000Z","end":"2023-11-14T22:00:01.500Z"},
        {"actor":"uart/field","cause":"port lost","lost":0,
         "start":"2023-11-14T22:10:00.000Z","end":null}]}})")
        == "xylem 1.2.3: degraded, up 2 h, process 42\n"
           "\n"
           "mesh field (classic)\n"
           "  link      noisy (baud?), /dev/serial/by-id/x = /dev/ttyUSB0, for 10 min, last frame "
           "3.0 s ago\n"
           "  read      130 bytes = 100 in 3 frames + 20 console + 7 rejected + 3 pending\n"
           "  rejected  1 truncated, 2 malformed\n"
           "  written   50 bytes, 2 commands (40 bytes) wait for their burst\n"
           "  commands  5 accepted, 3 written, 0 expired, 0 failed, 2 waiting\n"
           "  nodes     3 total, 1 active, 1 idle, 1 disconnected\n"
           "  cache     7 readings, 420 bytes, 0 evicted\n"
           "  clients   3 of 1024 on 127.0.0.1:5001, 1 listeners, 9 accepted, 0 "
           "refused, 20 requests, 8 pushes, 0 listeners cut\n"
           "  refusals  2 Node Not Found\n"
           "\n"
           "events: number 99 of epoch 7, ring 90 events, 9000 bytes\n"
           "  SUBSCRIBER  PUBLISHED  DELIVERED  COALESCED  DROPPED  QUEUED\n"
           "  watch 1             9          8          0        1       0\n"
           "\n"
           "actors\n"
           "  ACTOR       STATE    RESTARTS  WAITS FOR\n"
           "  uart/field  waiting         2  no such port\n"
           "\n"
           "incidents: 2\n"
           "  START                      LASTED  ACTOR       CAUSE      LOST\n"
           "  2023-11-14T22:10:00.000Z  goes on  uart/field  port lost  0\n"
           "  2023-11-14T22:00:00.000Z    1.5 s  uart/field  port lost  3 commands\n");
}

TEST_CASE("a status of which everything is missing or foreign is still shown") {
  CHECK(shown_status("{}") == "xylem -: -\n");
  CHECK(shown_status(R"({"version":7,"state":[],"uptime_seconds":1e300,"pid":-1,"meshes":[7,{}],)"
                     R"("events":{"seq":"x"},"actors":{},"incidents":{"recent":[{}]}})")
        == "xylem -: -, process -\n"
           "\nmesh - (-)\n\nmesh - (-)\n"
           "\nevents: number - of epoch -\n"
           "\nincidents: -\n"
           "  START   LASTED  ACTOR  CAUSE  LOST\n"
           "         goes on                -\n");
}

TEST_CASE("the status as JSON is the gateway's document as it came") {
  fake_web_gateway gateway{status_script(R"({ "state" : "ok" })")};
  recorded_console to;
  CHECK(run_status({options_for(gateway.url(), output_format::json)}, to.io) == 0);
  CHECK(to.out.str() == "{ \"state\" : \"ok\" }\n");
}

TEST_CASE("the status has an exit code for each way to fail") {
  closed_port nobody;
  recorded_console to;
  CHECK(run_status({options_for(url_of(nobody))}, to.io) == 3);
  fake_web_gateway broken{status_script("[1]")};
  CHECK(run_status({options_for(broken.url())}, to.io) == 1);
  fake_web_gateway refusing{
      one_connection({{"GET /api/v1/status", problem_json("not-available", "x"), 503}})};
  CHECK(run_status({options_for(refusing.url())}, to.io) == 1);
}
