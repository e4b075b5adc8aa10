#include "app/commands/get.hpp"
#include "app/commands/history.hpp"

#include "command_fixture.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

const std::string mesh = "GET /api/v1/meshes/field";

const std::string karlsruhe =
    R"({"seq":7,"time":"2023-11-14T22:13:17.000Z","node":5,"type":"GPS","data":"0cd2fc4aca21",)"
    R"("value":{"longitude":8.40444,"latitude":49.01409},"age":3.5,"status":"active"})";
const std::string unknown_type =
    R"({"seq":8,"time":"2023-11-14T22:13:19.000Z","node":6,"type":"GPS","data":"dead"})";

int get(const fake_web_gateway& gateway, std::vector<std::string> words, recorded_console& to,
        output_format format = output_format::text) {
  return run_get({options_for(gateway.url(), format), std::move(words)}, to.io);
}

history_arguments history_of(const client::gateway_url& url, std::size_t limit) {
  history_arguments made;
  made.client = options_for(url);
  made.words = {"5", "GPS"};
  made.limit = limit;
  return made;
}

std::string list(const std::string& items, const std::string& next = {}) {
  return R"({"readings":[)" + items + "]" + (next.empty() ? "" : ",\"next\":" + next) + "}";
}

} // namespace

TEST_CASE("get shows the reading of every active node, and its age by the gateway's clock") {
  fake_web_gateway gateway{
      one_connection({{mesh + "/readings/GPS?limit=1000", list(karlsruhe + "," + unknown_type)}})};
  recorded_console to;
  CHECK(get(gateway, {"GPS"}, to) == 0);
  CHECK(to.err.str() == "");
  CHECK(to.out.str()
        == "NODE    AGE  GPS\n"
           "   5  3.5 s  longitude=8.40444 latitude=49.01409\n"
           "   6  1.0 s  dead\n"); // which does not tell its age
}

TEST_CASE("get follows the pages of a list until there is no next one") {
  fake_web_gateway gateway{
      one_connection({{mesh + "/readings/GPS?limit=1000", list(karlsruhe, "5")},
                      {mesh + "/readings/GPS?limit=1000&cursor=5", list(unknown_type, "\"a/b\"")},
                      {mesh + "/readings/GPS?limit=1000&cursor=a%2fb", list("")}})};
  recorded_console to;
  // One after the other: what is asked for does not depend on how many there may be.
  CHECK(get(gateway, {"GPS"}, to, output_format::json) == 0);
  CHECK(to.err.str() == "");
  CHECK(to.out.str() == list(karlsruhe + "," + unknown_type) + "\n");
}

TEST_CASE("get for one node and type is one reading, as JSON the gateway's own document") {
  const web_exchange exchange{mesh + "/nodes/5/readings/GPS", karlsruhe};
  fake_web_gateway gateway{{web_script{{exchange}}, web_script{{exchange}}}};
  recorded_console text;
  CHECK(get(gateway, {"GPS", "5"}, text) == 0);
  CHECK(text.out.str()
        == "NODE    AGE  GPS\n"
           "   5  3.5 s  longitude=8.40444 latitude=49.01409\n");
  recorded_console json;
  CHECK(get(gateway, {"5", "GPS"}, json, output_format::json) == 0);
  CHECK(json.out.str() == karlsruhe + "\n");
}

TEST_CASE("get for a node shows each of its types") {
  fake_web_gateway gateway{{web_script{{{mesh + "/nodes/5/readings", list(karlsruhe)}}},
                            web_script{{{mesh + "/nodes/5/readings", list("")}}}}};
  recorded_console to;
  CHECK(get(gateway, {"5"}, to) == 0);
  CHECK(to.out.str()
        == "TYPE    AGE  VALUE\n"
           "GPS   3.5 s  longitude=8.40444 latitude=49.01409\n");
  recorded_console none;
  CHECK(get(gateway, {"0x0005"}, none) == 0);
  CHECK(none.err.str() == "node 5 has no readings\n");
}

TEST_CASE("get names a type of any bytes as the gateway does") {
  const std::string found = R"({"node":5,"type":"0x00ff01","data":"00"})";
  const std::string blank = R"({"node":5,"type":"A/%","data":"00"})";
  fake_web_gateway gateway{{web_script{{{mesh + "/nodes/5/readings/0x00ff01", found}}},
                            web_script{{{mesh + "/nodes/5/readings/A%2f%25", blank}}}}};
  recorded_console to;
  CHECK(get(gateway, {"0x00ff01", "5"}, to) == 0);
  CHECK(to.out.str() == "NODE  AGE  0x00ff01\n   5    -  00\n");
  CHECK(get(gateway, {"A/%", "5"}, to) == 0);
}

TEST_CASE("get says when no active node has the type") {
  fake_web_gateway gateway{one_connection({{mesh + "/readings/GPS?limit=1000", list("")}})};
  recorded_console to;
  CHECK(get(gateway, {"GPS"}, to) == 0);
  CHECK(to.out.str() == "");
  CHECK(to.err.str() == "no active node has GPS\n");
}

TEST_CASE("the mesh is found out when there is one, and has to be named when there are several") {
  fake_web_gateway gateway{
      {web_script{{{"GET /api/v1/meshes", R"({"meshes":[{"name":"field"}]})"},
                   {mesh + "/nodes/5/readings/GPS", karlsruhe}}},
       web_script{{{"GET /api/v1/meshes", R"({"meshes":[{"name":"north"},{"name":"south"}]})"}}}}};
  auto options = options_for(gateway.url());
  options.mesh.clear();
  recorded_console to;
  CHECK(run_get({options, {"GPS", "5"}}, to.io) == 0);
  CHECK(run_get({options, {"GPS", "5"}}, to.io) == 2);
  CHECK(to.err.str() == "the gateway has several meshes: choose one of north, south with --mesh\n");
}

TEST_CASE("get fails with the gateway's reason and what helps") {
  fake_web_gateway gateway{
      one_connection({{mesh + "/nodes/9/readings/GPS",
                       problem_json("node-not-found", "node 9 is unknown"), 404}})};
  recorded_console to;
  CHECK(get(gateway, {"GPS", "9"}, to) == 1);
  CHECK(to.out.str() == "");
  CHECK(to.err.str()
        == "the gateway refused: node 9 is unknown; the nodes that are known: xylem nodes\n");
}

TEST_CASE("get without a gateway says how to start one") {
  closed_port nobody;
  recorded_console to;
  CHECK(run_get({options_for(url_of(nobody)), {"GPS"}}, to.io) == 3);
  CHECK(to.err.str()
        == "no gateway answers on http://" + to_string(nobody.where())
               + " (connection refused); start one with: xylem run --sim\n");
}

TEST_CASE("get with wrong words sends nothing") {
  closed_port nobody;
  for (auto words : {std::vector<std::string>{"GP"}, {"GPS", "x"}, {"5", "6"}}) {
    recorded_console to;
    CHECK(run_get({options_for(url_of(nobody)), words}, to.io) == 2);
    CHECK(to.err.str() != "");
  }
}

TEST_CASE("history shows the readings of one node, newest first, as many as were asked for") {
  const auto history = mesh + "/nodes/5/history/GPS?limit=";
  fake_web_gateway gateway{
      one_connection({{history + "2", list(karlsruhe + "," + karlsruhe, "9")}})};
  recorded_console to;
  CHECK(run_history(history_of(gateway.url(), 2), to.io) == 0);
  CHECK(to.out.str()
        == "TIME                        AGE  GPS\n"
           "2023-11-14T22:13:17.000Z  3.5 s  longitude=8.40444 latitude=49.01409\n"
           "2023-11-14T22:13:17.000Z  3.5 s  longitude=8.40444 latitude=49.01409\n");
}

TEST_CASE("a history that is longer than a page is asked for page by page") {
  std::string page = karlsruhe;
  for (auto i = 1; i < 1000; ++i)
    page += "," + karlsruhe;
  const auto history = mesh + "/nodes/5/history/GPS?limit=";
  fake_web_gateway gateway{one_connection(
      {{history + "1000", list(page, "\"x\"")}, {history + "500&cursor=x", list(unknown_type)}})};
  recorded_console to;
  CHECK(run_history(history_of(gateway.url(), 1500), to.io) == 0);
  CHECK(to.err.str() == "");
  CHECK(to.out.str().ends_with("  dead\n"));
}

TEST_CASE("a history has a beginning and an end in time, relative to now or absolute") {
  fake_web_gateway gateway{
      one_connection({{mesh
                           + "/nodes/5/history/GPS?from=2023-11-14T20:13:20.000Z"
                             "&to=2023-11-14T22:00:00.000Z&limit=20",
                       list("")}})};
  auto arguments = history_of(gateway.url(), 20);
  arguments.from = "2h ago";
  arguments.to = "2023-11-14T22:00:00Z";
  recorded_console to;
  CHECK(run_history(arguments, to.io) == 0);
  CHECK(to.err.str() == "no reading in this time\n");
  arguments.from = "soon";
  CHECK(run_history(arguments, to.io) == 2);
}

TEST_CASE("a history as CSV has a column for each field, and as JSON all pages in one document") {
  const web_exchange exchange{mesh + "/nodes/5/history/GPS?limit=20",
                              list(karlsruhe + "," + unknown_type)};
  fake_web_gateway gateway{{web_script{{exchange}}, web_script{{exchange}}}};
  auto arguments = history_of(gateway.url(), 20);
  arguments.layout = history_layout::csv;
  recorded_console csv;
  CHECK(run_history(arguments, csv.io) == 0);
  CHECK(csv.out.str()
        == "time,node,type,data,longitude,latitude\n"
           "2023-11-14T22:13:17.000Z,5,GPS,0cd2fc4aca21,8.40444,49.01409\n"
           "2023-11-14T22:13:19.000Z,6,GPS,dead,,\n");
  arguments.client.format = output_format::json;
  recorded_console json;
  CHECK(run_history(arguments, json.io) == 0);
  CHECK(json.out.str() == list(karlsruhe + "," + unknown_type) + "\n");
}

TEST_CASE("a history by steps shows each with its mean and what it was between, oldest first") {
  const std::string path = mesh + "/nodes/5/history/T01?step=3600&limit=1000";
  const std::string buckets =
      R"({"time":"2023-11-14T22:00:00.000Z","count":3,"fields":{"t":{"count":2,"min":-2,"max":1,)"
      R"("mean":-0.5,"last":1},"n":{"count":0,"min":null,"max":null,"mean":null,"last":null}}})";
  const std::string later = R"({"time":"2023-11-14T23:00:00.000Z","count":1})";
  const std::vector<web_exchange> exchanges{
      {path, R"({"step":3600,"buckets":[)" + buckets + R"(],"next":"7"})"},
      {path + "&cursor=7", R"({"step":3600,"buckets":[)" + later + "]}"}};
  fake_web_gateway gateway{{web_script{exchanges}, web_script{exchanges}, web_script{exchanges}}};
  auto arguments = history_of(gateway.url(), 0);
  arguments.words = {"5", "T01"};
  arguments.step = "1h";
  recorded_console text;
  CHECK(run_history(arguments, text.io) == 0);
  CHECK(text.err.str() == "");
  CHECK(text.out.str()
        == "TIME                      COUNT  t             n\n"
           "2023-11-14T22:00:00.000Z      3  -0.5 [-2, 1]  -\n"
           "2023-11-14T23:00:00.000Z      1  -             -\n");
  recorded_console csv;
  arguments.layout = history_layout::csv;
  CHECK(run_history(arguments, csv.io) == 0);
  CHECK(csv.out.str()
        == "time,count,t.count,t.min,t.max,t.mean,t.last,n.count,n.min,n.max,n.mean,n.last\n"
           "2023-11-14T22:00:00.000Z,3,2,-2,1,-0.5,1,0,,,,\n"
           "2023-11-14T23:00:00.000Z,1,0,,,,,0,,,,\n");
  recorded_console json;
  arguments.client.format = output_format::json;
  CHECK(run_history(arguments, json.io) == 0);
  CHECK(json.out.str() == R"({"step":3600,"buckets":[)" + buckets + "," + later + "]}\n");
}

TEST_CASE("a step is whole seconds") {
  closed_port nobody;
  auto arguments = history_of(url_of(nobody), 20);
  for (auto step : {"0", "500ms", "1500ms", "often", "366d"}) {
    recorded_console to;
    arguments.step = step;
    CHECK(run_history(arguments, to.io) == 2);
    CHECK(to.err.str().find("is no step") != std::string::npos);
  }
}

TEST_CASE("a history whose record could not be asked says so") {
  const web_exchange exchange{mesh + "/nodes/5/history/GPS?limit=20",
                              R"({"readings":[)" + karlsruhe + R"(],"complete":false})"};
  fake_web_gateway gateway{{web_script{{exchange}}, web_script{{exchange}}}};
  auto arguments = history_of(gateway.url(), 20);
  recorded_console text;
  CHECK(run_history(arguments, text.io) == 0);
  CHECK(text.err.str().starts_with("the gateway's record could not be asked"));
  arguments.client.format = output_format::json;
  recorded_console json;
  CHECK(run_history(arguments, json.io) == 0);
  CHECK(json.out.str() == R"({"readings":[)" + karlsruhe + R"(],"complete":false})" "\n");
}

TEST_CASE("who looks on at a terminal sees how a long history grows") {
  const auto history = mesh + "/nodes/5/history/GPS?limit=2";
  fake_web_gateway gateway{one_connection(
      {{history, list(karlsruhe, "\"x\"")},
       {mesh + "/nodes/5/history/GPS?limit=1&cursor=x", list(unknown_type)}})};
  std::ostringstream out, err;
  console io{out, err, test_time, true};
  CHECK(run_history(history_of(gateway.url(), 2), io) == 0);
  CHECK(err.str() == "\r1 …\r2 …\r\x1B[K");
}

TEST_CASE("history needs a node, a gateway and its consent") {
  closed_port nobody;
  recorded_console to;
  auto arguments = history_of(url_of(nobody), 20);
  CHECK(run_history(arguments, to.io) == 3);
  arguments.words = {"GPS"};
  CHECK(run_history(arguments, to.io) == 2);
  fake_web_gateway gateway{one_connection(
      {{mesh + "/nodes/5/history/GPS?limit=20", problem_json("type-not-found", "no GPS"), 404}})};
  CHECK(run_history(history_of(gateway.url(), 20), to.io) == 1);
}
