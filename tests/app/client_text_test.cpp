// What the client reads besides the wire: endpoints, URLs, JSON documents.
#include "app/client/gateway_state.hpp"
#include "app/client/gateway_url.hpp"
#include "app/client/json_view.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;
using client::endpoint;
using client::parse_endpoint;

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

TEST_CASE("a gateway's URL is a scheme, a host and perhaps a port") {
  using client::gateway_url;
  using client::web_scheme;
  CHECK(client::parse_gateway_url("http://127.0.0.1:7654") == gateway_url{});
  CHECK(client::parse_gateway_url("http://127.0.0.1:7654/") == gateway_url{});
  CHECK(client::parse_gateway_url("http://a.b") == gateway_url{web_scheme::http, {"a.b", 80}});
  CHECK(client::parse_gateway_url("https://[::1]") == gateway_url{web_scheme::https, {"::1", 443}});
  CHECK(to_string(gateway_url{web_scheme::https, {"::1", 7}}) == "https://[::1]:7");
  for (auto text :
       {"", "http://", "http:///", "127.0.0.1:7654", "ftp://a", "http://a:0",
        "http://a:", "http://a:99999", "http://a/b", "http://a//", "http://a?b", "http://me@a",
        "http://a b", "http://a\nb", "http://::1", "HTTP://a", "http://[::1]:99999"}) {
    CAPTURE(text);
    CHECK(!client::parse_gateway_url(text));
  }
}

TEST_CASE("the nodes of a gateway are read with members missing and members too many") {
  auto list = client::parse_json(
      R"([{"address":5,"uuid":"00ff","name":"gate","status":"active","heard":true,
          "first_heard":"2023-11-14T22:13:20.000Z","last_heard":null,
          "counters":{"frames":7,"malformed":1,"new":3},"types":["GPS","TMP"],"later":{}},
          {"address":65535}])");
  auto nodes = client::parse_nodes(list->as_array());
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

TEST_CASE("a node, a reading or a command without what it is about is refused") {
  for (auto text : {"{}", "7", R"({"address":-1})", R"({"address":65536})", R"({"address":"5"})"}) {
    CAPTURE(text);
    CHECK(!client::parse_nodes({*client::parse_json(text)}));
  }
  for (auto text : {"{}", "7", R"({"node":5})", R"({"data":"00"})", R"({"node":5,"data":"0"})",
                    R"({"node":65536,"data":"00"})"}) {
    CAPTURE(text);
    CHECK(!client::parse_reading(client::json_view{*client::parse_json(text)}));
  }
  CHECK(!client::parse_command(client::json_view{*client::parse_json(R"({"id":-1})")}));
}

TEST_CASE("a reading is read with its value and its age by the gateway's clock") {
  auto told = client::parse_json(R"({"seq":812,"time":"2023-11-14T22:13:20.000Z","node":5,
      "type":"TMP","data":"00eb","value":{"celsius":23.5},"age":0.412,"status":"active"})");
  auto reading = client::parse_reading(client::json_view{*told});
  REQUIRE(reading);
  CHECK(reading->seq == 812);
  CHECK(reading->time == wall_time{1'700'000'000'000ms});
  CHECK(reading->age == 412ms);
  CHECK(describe(reading->value, reading->data) == "celsius=23.5");
  for (auto age : {"-1", "1e300", "\"x\"", "null"}) {
    auto odd = client::parse_json(R"({"node":5,"data":"","age":)" + std::string{age} + "}");
    CHECK(!client::parse_reading(client::json_view{*odd})->age);
  }
}

TEST_CASE("deep nesting is refused, not followed") {
  CHECK(!client::parse_json(std::string(100'000, '[')));
  CHECK(!client::parse_json("{\"value\":" + std::string(1000, '[') + std::string(1000, ']') + "}"));
}

TEST_CASE("a document is written as it was read, numbers as people write them") {
  const std::string text =
      R"({"a":[1,-2,18446744073709551615,8.40532,true,null],"b":{"c":"x\"\\\n"},"d":{},"e":[]})";
  CHECK(client::to_text(*client::parse_json(text)) == text);
  CHECK(client::to_text(*client::parse_json("8.4E0")) == "8.4");
  CHECK(client::to_text(*client::parse_json("[21.0,-0.0,1e300,1E-7,21]"))
        == "[21.0,-0.0,1e+300,1e-07,21]");
}

TEST_CASE("an event is read with the members it has") {
  auto read = [](const std::string& text) {
    return client::parse_event(client::json_view{client::parse_json(text).value()});
  };
  auto reading = read(
      R"({"epoch":3,"seq":18446744073709551615,"time":"2023-11-14T22:13:20.000Z","mesh":"field",
          "kind":"reading","node":5,"type":"TMP","data":"00eb",
          "value":{"celsius":23.5,"raw":-2}})");
  CHECK(reading.seq == 18446744073709551615U);
  CHECK(reading.node == node_address{5});
  CHECK(reading.data == from_hex("00eb"));
  CHECK(describe(reading.value, reading.data) == "celsius=23.5 raw=-2");
  auto bare = read("{}");
  CHECK(bare.kind.empty());
  CHECK(!bare.node);
  auto foreign = read(R"({"kind":7,"node":"x","data":"zz","value":[1],"id":-1})");
  CHECK(foreign.data.empty());
  CHECK(foreign.id == 0);
  auto gap = read(R"({"kind":"gap","from":42,"to":90,"count":49,"reason":"overwritten"})");
  CHECK(gap.count == 49);
  CHECK(gap.text == "overwritten");
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
