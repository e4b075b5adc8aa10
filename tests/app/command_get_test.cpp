#include "app/commands/get.hpp"
#include "app/commands/history.hpp"

#include "command_fixture.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

/// 840444 = 0x0cd2fc and 4901409 = 0x4aca21, in 1e-5 degrees (wire §2).
const std::string karlsruhe = hex("0cd2fc 4aca21");

const std::string get_all = "[GET]" + hex("ffff") + "GPS";
const std::string get_five = "[GET]" + hex("0005") + "GPS";
const std::string last_of_five = "[HIS]" + hex("0005") + "GPS" + hex("01");
const std::string last_of_six = "[HIS]" + hex("0006") + "GPS" + hex("01");

/// One point, 3 s before test_time: 0x18bcfe56800 - 3000 = 0x18bcfe55c48.
std::string history_of(const std::string& data) {
  return "SGPS" + hex("01 0000018bcfe55c48") + std::string(1, static_cast<char>(data.size()))
         + data;
}

const std::string no_types = json_reply("{}");

const std::string celsius = json_reply(R"({"meshes":[{"data_types":[
    {"code":"TMP","fields":[{"name":"celsius","type":"i16","scale":0.1}]}]}]})");

int get(const fake_gateway& gateway, std::vector<std::string> words, recorded_console& to,
        output_format format = output_format::text) {
  return run_get({options_for(gateway.where(), format), std::move(words)}, to.io);
}

} // namespace

TEST_CASE("get shows the reading of every active node, with its age") {
  fake_gateway gateway{
      {{{{get_all, "SGPS" + hex("06 02 0005") + karlsruhe + hex("0006") + karlsruhe},
         {last_of_five + last_of_six, history_of(karlsruhe) + refusal("Node Not Found")},
         {"[STA]", no_types}}}}};
  recorded_console to;
  CHECK(get(gateway, {"GPS"}, to) == 0);
  CHECK(to.out.str()
        == "NODE    AGE  GPS\n"
           "   5  3.0 s  longitude=8.40444 latitude=49.01409\n"
           "   6      -  longitude=8.40444 latitude=49.01409\n");
  CHECK(to.err.str() == "");
}

TEST_CASE("get for one node decodes the types that the gateway declares") {
  fake_gateway gateway{{{{{"[GET]" + hex("0005") + "TMP", "STMP" + hex("02 01 0005 00eb")},
                          {"[HIS]" + hex("0005") + "TMP" + hex("01"), "STMP" + hex("00")},
                          {"[STA]", celsius}}}}};
  recorded_console to;
  CHECK(get(gateway, {"5", "TMP"}, to) == 0);
  CHECK(to.out.str()
        == "NODE  AGE  TMP\n"
           "   5    -  celsius=23.5\n"); // 0x00eb = 235
}

TEST_CASE("get shows the bytes of a type that nobody declared as hex") {
  fake_gateway gateway{{{{{"[GET]" + hex("0005 00ff01"), "S" + hex("00ff01 02 01 0005 dead")},
                          {"[HIS]" + hex("0005 00ff01 01"), "S" + hex("00ff01 00")},
                          {"[STA]", no_types}}}}};
  recorded_console to;
  CHECK(get(gateway, {"0x00ff01", "5"}, to) == 0);
  CHECK(to.out.str()
        == "NODE  AGE  0x00ff01\n"
           "   5    -  dead\n");
}

TEST_CASE("get prefers the newest point of the history, so that value and age agree") {
  fake_gateway gateway{{{{{get_five, "SGPS" + hex("01 01 0005 aa")},
                          {last_of_five, history_of(hex("bb"))},
                          {"[STA]", no_types}}}}};
  recorded_console to;
  CHECK(get(gateway, {"GPS", "5"}, to) == 0);
  CHECK(to.out.str()
        == "NODE    AGE  GPS\n"
           "   5  3.0 s  bb\n");
}

TEST_CASE("get as JSON is one document") {
  fake_gateway gateway{{{{{get_five, "SGPS" + hex("02 01 0005 abcd")},
                          {last_of_five, history_of(hex("abcd"))},
                          {"[STA]", no_types}}},
                        {{{get_all, "SGPS" + hex("00 00")}, {"[STA]", no_types}}}}};
  recorded_console one;
  CHECK(get(gateway, {"GPS", "5"}, one, output_format::json) == 0);
  CHECK(one.out.str()
        == "{\"readings\":[{\"node\":5,\"type\":\"GPS\",\"time\":\"2023-11-14T22:13:17.000Z\","
           "\"data\":\"abcd\"}]}\n");
  recorded_console none;
  CHECK(get(gateway, {"GPS"}, none, output_format::json) == 0);
  CHECK(none.out.str() == "{\"readings\":[]}\n");
}

TEST_CASE("get says when no active node has the type") {
  fake_gateway gateway{{{{{get_all, "SGPS" + hex("00 00")}, {"[STA]", no_types}}}}};
  recorded_console to;
  CHECK(get(gateway, {"GPS"}, to) == 0);
  CHECK(to.out.str() == "");
  CHECK(to.err.str() == "no active node has GPS\n");
}

TEST_CASE("get works with a gateway that knows neither history nor status") {
  fake_gateway gateway{{{{{get_five, "SGPS" + hex("06 01 0005") + karlsruhe},
                          {last_of_five, refusal("Unknown Command")}},
                         ending::gateway_closes}}};
  recorded_console to;
  CHECK(get(gateway, {"GPS", "5"}, to) == 0);
  CHECK(to.out.str()
        == "NODE  AGE  GPS\n"
           "   5    -  longitude=8.40444 latitude=49.01409\n");
}

TEST_CASE("get asks for the ages of more nodes than may be pipelined") {
  constexpr auto nodes = 1030U; // 4 full blocks and one of 10
  std::string all;
  std::string asked;
  std::string told;
  for (auto first = 1U; first <= nodes; first += 255) {
    auto count = std::min(255U, nodes + 1 - first);
    all += "SGPS" + hex("01") + std::string(1, static_cast<char>(count));
    for (auto node = first; node < first + count; ++node) {
      std::string address{static_cast<char>(node >> 8), static_cast<char>(node & 0xFF)};
      all += address + "x";
      asked += "[HIS]" + address + "GPS" + hex("01");
      told += history_of("x");
    }
  }
  // The second part is asked for when the first is answered: 16 bytes a point, 11 a request.
  const auto request_size = asked.size() / nodes;
  const auto reply_size = told.size() / nodes;
  fake_gateway gateway{{{{{get_all, all},
                          {asked.substr(0, 1024 * request_size), told.substr(0, 1024 * reply_size)},
                          {asked.substr(1024 * request_size), told.substr(1024 * reply_size)},
                          {"[STA]", no_types}}}}};
  recorded_console to;
  CHECK(get(gateway, {"GPS"}, to) == 0);
  CHECK(to.out.str().ends_with("1030  3.0 s  78\n"));
}

TEST_CASE("get fails with the gateway's reason and what helps") {
  fake_gateway gateway{{{{{get_five, refusal("Node Not Found")}}}}};
  recorded_console to;
  CHECK(get(gateway, {"GPS", "5"}, to) == 1);
  CHECK(to.out.str() == "");
  CHECK(to.err.str()
        == "the gateway refused: Node Not Found; the nodes that are known: xylem nodes\n");
}

TEST_CASE("get without a gateway says how to start one") {
  closed_port nobody;
  recorded_console to;
  CHECK(run_get({options_for(nobody.where()), {"GPS"}}, to.io) == 3);
  CHECK(to.err.str()
        == "no gateway answers on " + to_string(nobody.where())
               + " (connection refused); start one with: xylem run --sim\n");
}

TEST_CASE("get with wrong words sends nothing") {
  closed_port nobody;
  for (auto words : {std::vector<std::string>{"GP"}, {"GPS", "x"}, {"5"}}) {
    recorded_console to;
    CHECK(run_get({options_for(nobody.where()), words}, to.io) == 2);
    CHECK(to.err.str() != "");
  }
  fake_gateway gateway{{script{}}};
  recorded_console to;
  CHECK(get(gateway, {"GPS", "0"}, to) == 2); // the root has no readings of its own
}

TEST_CASE("history shows the readings of one node, newest first") {
  const auto request = "[HIS]" + hex("0005") + "GPS" + hex("02");
  // 0x18bcfe56418 = test_time - 1 s
  const auto reply =
      "SGPS" + hex("02 0000018bcfe56418 06") + karlsruhe + hex("0000018bcfe55c48 01 aa");
  fake_gateway gateway{
      {{{{request, reply}, {"[STA]", no_types}}}, {{{request, reply}, {"[STA]", no_types}}}}};
  recorded_console text;
  CHECK(run_history({options_for(gateway.where()), {"5", "GPS"}, 2}, text.io) == 0);
  CHECK(text.out.str()
        == "TIME                        AGE  GPS\n"
           "2023-11-14T22:13:19.000Z  1.0 s  longitude=8.40444 latitude=49.01409\n"
           "2023-11-14T22:13:17.000Z  3.0 s  aa\n");
  recorded_console json;
  CHECK(run_history({options_for(gateway.where(), output_format::json), {"5", "GPS"}, 2}, json.io)
        == 0);
  CHECK(json.out.str().starts_with(
      "{\"node\":5,\"type\":\"GPS\",\"readings\":[{\"time\":\"2023-11-14T22:13:19.000Z\","
      "\"data\":\"0cd2fc4aca21\",\"value\":{\"longitude\":"));
  CHECK(json.out.str().ends_with("{\"time\":\"2023-11-14T22:13:17.000Z\",\"data\":\"aa\"}]}\n"));
}

TEST_CASE("history needs a node, a gateway and its consent") {
  closed_port nobody;
  recorded_console to;
  CHECK(run_history({options_for(nobody.where()), {"GPS"}}, to.io) == 2);
  CHECK(run_history({options_for(nobody.where()), {"5", "GPS"}}, to.io) == 3);
  fake_gateway gateway{
      {{{{"[HIS]" + hex("0005") + "GPS" + hex("14"), refusal("Data Type Not Found")}}}}};
  CHECK(run_history({options_for(gateway.where()), {"5", "GPS"}}, to.io) == 1);
}
