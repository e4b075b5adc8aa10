// What the client reads besides the wire: endpoints, times, JSON documents.
#include "app/client/gateway_state.hpp"
#include "app/client/iso_time.hpp"
#include "app/client/json_view.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;
using client::endpoint;
using client::parse_endpoint;
using client::parse_time;

TEST_CASE("an endpoint is a host and a port") {
  CHECK(parse_endpoint("127.0.0.1:5001") == endpoint{"127.0.0.1", 5001});
  CHECK(parse_endpoint("gateway.local:1") == endpoint{"gateway.local", 1});
  CHECK(parse_endpoint("[::1]:65535") == endpoint{"::1", 65535});
  CHECK(to_string(endpoint{"::1", 7}) == "[::1]:7");
  CHECK(to_string(endpoint{"a", 7}) == "a:7");
  for (auto text : {"", ":", ":5001", "host", "host:", "host:0", "host:65536", "host:-1", "host:5x",
                    "::1:5001", "[::1:5001", "::1]:5001", "[]:5001", "host: 5001"}) {
    CAPTURE(text);
    CHECK(!parse_endpoint(text));
  }
}

TEST_CASE("a time is written in UTC with milliseconds and read back") {
  // date -u -d @1700000000 → 2023-11-14T22:13:20Z
  wall_time known{1'700'000'000'007ms};
  CHECK(client::format_time(known) == "2023-11-14T22:13:20.007Z");
  CHECK(parse_time("2023-11-14T22:13:20.007Z") == known);
  CHECK(parse_time("2023-11-14T22:13:20.0071234Z") == known);
  CHECK(parse_time("2023-11-14T22:13:20.5Z") == known + 493ms);
  CHECK(parse_time("2023-11-14T22:13:20Z") == known - 7ms);
  CHECK(parse_time(client::format_time(wall_time{})) == wall_time{});
  CHECK(parse_time("2024-02-29T00:00:00Z").has_value());
}

TEST_CASE("a text that is no time in UTC is refused") {
  for (auto text : {"", "now", "2023-11-14", "2023-11-14T22:13:20", "2023-11-14T22:13:20.Z",
                    "2023-11-14T22:13:20.007", "2023-11-14T22:13:20+01:00", "2023-13-14T22:13:20Z",
                    "2023-02-29T22:13:20Z", "2023-11-14T24:13:20Z", "2023-11-14T22:60:20Z",
                    "2023-11-14T22:13:60Z", "-023-11-14T22:13:20Z", "2023-11-14T22:13:20.00xZ",
                    "2023-11-14T22:13:20Zz", "2023-11-14 22:13:20Z", "2023-1-14T22:13:20Z"}) {
    CAPTURE(text);
    CHECK(!parse_time(text));
  }
  auto whole = std::string_view{"2023-11-14T22:13:20.007Z"};
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK(!parse_time(whole.substr(0, size)));
}

TEST_CASE("the nodes of a gateway are read with members missing and members too many") {
  auto nodes = client::parse_nodes(
      R"({"nodes":[{"address":5,"uuid":"00ff","name":"gate","status":"active","heard":true,
          "first_heard":"2023-11-14T22:13:20.000Z","last_heard":null,
          "counters":{"frames":7,"malformed":1,"new":3},"types":["GPS","TMP"],"later":{}},
          {"address":65535}],"more":1})");
  REQUIRE(nodes);
  REQUIRE(nodes->size() == 2);
  auto& first = nodes->front();
  CHECK(first.address == node_address{5});
  CHECK(first.name == "gate");
  CHECK(first.status == "active");
  CHECK(first.first_heard == wall_time{1'700'000'000'000ms});
  CHECK(!first.last_heard);
  CHECK(first.frames == 7);
  CHECK(first.malformed == 1);
  CHECK(first.types == std::vector<std::string>{"GPS", "TMP"});
  CHECK(nodes->back().heard);
}

TEST_CASE("a list of nodes that is none is refused") {
  for (auto text : {"", "{", "[]", "{}", "7", R"({"nodes":[{}]})", R"({"nodes":[{"address":-1}]})",
                    R"({"nodes":[{"address":65536}]})", R"({"nodes":[{"address":"5"}]})"}) {
    CAPTURE(text);
    CHECK(!client::parse_nodes(text));
  }
}

TEST_CASE("deep nesting is refused, not followed") {
  CHECK(!client::parse_json(std::string(100'000, '[')));
  CHECK(
      !client::parse_event("{\"value\":" + std::string(1000, '[') + std::string(1000, ']') + "}"));
}

TEST_CASE("an event is read with the members it has") {
  auto reading = client::parse_event(
      R"({"epoch":3,"seq":18446744073709551615,"time":"2023-11-14T22:13:20.000Z","mesh":"field",
          "kind":"reading","node":5,"type":"TMP","data":"00eb",
          "value":{"celsius":23.5,"raw":-2}})");
  REQUIRE(reading);
  CHECK(reading->seq == 18446744073709551615U);
  CHECK(reading->node == node_address{5});
  CHECK(reading->data == from_hex("00eb"));
  CHECK(describe(reading->value, reading->data) == "celsius=23.5 raw=-2");
  auto bare = client::parse_event("{}");
  REQUIRE(bare);
  CHECK(bare->kind.empty());
  CHECK(!bare->node);
  auto foreign = client::parse_event(R"({"kind":7,"node":"x","data":"zz","value":[1],"id":-1})");
  REQUIRE(foreign);
  CHECK(foreign->data.empty());
  CHECK(foreign->id == 0);
  CHECK(!client::parse_event("[]"));
  CHECK(!client::parse_event("{\"kind\":\"reading\""));
}

TEST_CASE("the status of the nodes is two lists of one length") {
  auto found = client::parse_node_status(
      R"({"node_amount":2,"node_addr_list":[5,258],"node_status_list":[1,0]})");
  REQUIRE(found);
  CHECK(*found == std::vector<client::node_activity>{{{5}, true}, {{258}, false}});
  for (auto text : {"", "{}", R"({"node_addr_list":[5],"node_status_list":[]})",
                    R"({"node_addr_list":["x"],"node_status_list":[1]})"}) {
    CAPTURE(text);
    CHECK(!client::parse_node_status(text));
  }
}

TEST_CASE("data types are those of the mesh behind the port") {
  const auto* status = R"({"meshes":[
    {"clients":{"address":"127.0.0.1:5001"},"data_types":[{"code":"TMP","fields":[
      {"name":"celsius","type":"i16","scale":0.5,"order":"little"}]}]},
    {"clients":{"address":"127.0.0.1:5002"},"data_types":[
      {"code":"HUM","fields":[{"name":"percent","type":"u8"}]},
      {"code":"BAD","fields":[{"name":"x","type":"u99"}]}, {}]}]})";
  const auto data = from_hex("0300").value();
  auto first = client::parse_data_types(status, {"127.0.0.1", 5001});
  CHECK(describe(first.decode(type_code{"TMP"}, data), data) == "celsius=1.5"); // 3 × 0.5
  CHECK(first.find(type_code{"HUM"}) == nullptr);
  auto second = client::parse_data_types(status, {"127.0.0.1", 5002});
  CHECK(second.find(type_code{"HUM"}) != nullptr);
  CHECK(second.find(type_code{"BAD"}) == nullptr);
  CHECK(second.find(type_code{"TMP"}) == nullptr);
  CHECK(client::parse_data_types("not json", {}).find(type_code{"GPS"}) != nullptr);
}
