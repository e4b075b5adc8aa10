#include "app/commands/nodes.hpp"
#include "app/commands/status.hpp"

#include "command_fixture.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

constexpr auto two_nodes =
    R"({"nodes":[{"address":5,"uuid":"00ff","name":"gate","status":"active",)"
    R"("heard":true,"last_heard":"2023-11-14T22:13:17.000Z",)"
    R"("counters":{"frames":12,"malformed":1},"types":["GPS","TMP"]},)"
    R"({"address":258,"status":"disconnected","heard":false}]})";

fake_gateway answering(const std::string& reply) {
  return fake_gateway{{{{{"[NOD]", reply}}}}};
}

script status_script(const std::string& json) {
  return {{{"[STA]", json_reply(json)}}};
}

std::string shown_status(const std::string& json) {
  fake_gateway gateway{{status_script(json)}};
  recorded_console to;
  CHECK(run_status({options_for(gateway.where())}, to.io) == 0);
  return to.out.str();
}

} // namespace

TEST_CASE("nodes are a table, and one that was not heard since the start says so") {
  auto gateway = answering(json_reply(two_nodes));
  recorded_console to;
  CHECK(run_nodes({options_for(gateway.where()), ""}, to.io) == 0);
  CHECK(to.out.str()
        == "NODE  STATUS                    HEARD  NAME  TYPES    FRAMES  MALFORMED  UUID\n"
           "   5  active                    3.0 s  gate  GPS TMP      12          1  00ff\n"
           " 258  disconnected (not heard)      -                      0          0\n");
}

TEST_CASE("nodes are filtered by status, in both formats") {
  auto text = answering(json_reply(two_nodes));
  recorded_console to;
  CHECK(run_nodes({options_for(text.where()), "active"}, to.io) == 0);
  CHECK(to.out.str().find("258") == std::string::npos);
  auto none = answering(json_reply(two_nodes));
  recorded_console idle;
  CHECK(run_nodes({options_for(none.where()), "idle"}, idle.io) == 0);
  CHECK(idle.out.str() == "");
  CHECK(idle.err.str() == "no node is idle\n");
  auto json = answering(json_reply(two_nodes));
  recorded_console document;
  CHECK(run_nodes({options_for(json.where(), output_format::json), "disconnected"}, document.io)
        == 0);
  CHECK(document.out.str()
        == "{\"nodes\":[{\"address\":258,\"status\":\"disconnected\",\"heard\":false}]}\n");
}

TEST_CASE("nodes as JSON are the gateway's document, members unknown here included") {
  auto gateway = answering(json_reply(R"({"nodes":[{"address":5,"new":[1]}],"more":"x"})"));
  recorded_console to;
  CHECK(run_nodes({options_for(gateway.where(), output_format::json), ""}, to.io) == 0);
  CHECK(to.out.str() == "{\"nodes\":[{\"address\":5,\"new\":[1]}],\"more\":\"x\"}\n");
}

TEST_CASE("nodes have an exit code for each way to fail") {
  closed_port nobody;
  recorded_console to;
  CHECK(run_nodes({options_for(nobody.where()), ""}, to.io) == 3);
  auto refusing = answering(refusal("Not Available"));
  CHECK(run_nodes({options_for(refusing.where()), ""}, to.io) == 1);
  auto broken = answering(json_reply("{\"nodes\":"));
  CHECK(run_nodes({options_for(broken.where()), ""}, to.io) == 1);
  auto foreign = answering("HTTP/1.1 400 Bad Request\r\n");
  recorded_console told;
  CHECK(run_nodes({options_for(foreign.where()), ""}, told.io) == 1);
  CHECK(told.err.str()
        == "what answers on " + to_string(foreign.where())
               + " is no gateway of the classic dialect"
                 " (a reply that begins neither with S nor with F)\n");
  fake_gateway gone{{{{{"[NOD]", "S"}}, ending::gateway_closes}}};
  CHECK(run_nodes({options_for(gone.where()), ""}, to.io) == 3);
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
        "clients":{"address":"127.0.0.1:5001","connected":3,"listeners":1,"watchers":1,"limit":1024,
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
           "  clients   3 of 1024 on 127.0.0.1:5001, 1 listeners, 1 watchers, 9 accepted, 0 "
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
  fake_gateway gateway{{status_script(R"({ "state" : "ok" })")}};
  recorded_console to;
  CHECK(run_status({options_for(gateway.where(), output_format::json)}, to.io) == 0);
  CHECK(to.out.str() == "{ \"state\" : \"ok\" }\n");
}

TEST_CASE("the status has an exit code for each way to fail") {
  closed_port nobody;
  recorded_console to;
  CHECK(run_status({options_for(nobody.where())}, to.io) == 3);
  fake_gateway broken{{status_script("[1]"), script{{{"[STA]", refusal("Not Available")}}}}};
  CHECK(run_status({options_for(broken.where())}, to.io) == 1);
  CHECK(run_status({options_for(broken.where())}, to.io) == 1);
}
