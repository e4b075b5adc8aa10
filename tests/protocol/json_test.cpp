#include "node_table_fixture.hpp"
#include "protocol/event_ring.hpp"
#include "protocol/json.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

namespace json = boost::json;

constexpr std::uint64_t epoch = 77;

json::value shown(event what, const data_type_registry& types = {}) {
  what.time = table_fixture::start.wall;
  std::string text;
  append_event(text, what, epoch, "field", types);
  return json::parse(text);
}

json::value parsed(std::string_view text) {
  return json::parse(std::string{text});
}

json::value shown(const node& subject) {
  std::string text;
  append_node(text, subject);
  return json::parse(text);
}

event about_node(event_kind kind, std::uint8_t state = 0) {
  return {.seq = 9, .node = node_address{5}, .kind = kind, .state = state};
}

/// The fields that every event has, and `more`.
json::value with_head(std::string_view kind, std::string_view more) {
  auto out = parsed(more).as_object();
  out["epoch"] = 77;
  out["seq"] = 9;
  out["time"] = "2023-11-14T22:13:20.000Z"; // 1,700,000,000 s
  out["mesh"] = "field";
  out["kind"] = kind;
  return out;
}

template <class Status>
std::uint8_t state_of(Status status) {
  return static_cast<std::uint8_t>(status);
}

} // namespace

TEST_CASE("a node that was never heard has no times") {
  table_fixture mesh;
  mesh.snapshot(5, 0xAA);
  CHECK(shown(mesh.at(5)) == parsed(R"({
    "address": 5, "uuid": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "name": "",
    "status": "disconnected", "heard": false, "first_heard": null, "last_heard": null,
    "counters": {"frames": 0, "readings": 0, "messages": 0, "requests": 0, "malformed": 0},
    "types": []})"));
}

TEST_CASE("a node shows when it was heard, what it counts and which types it has") {
  table_fixture mesh;
  mesh.read(5, "GPS", "000001000002");
  mesh.pass(2'500ms);
  mesh.say(5, event_kind::message);
  CHECK(shown(mesh.at(5)) == parsed(R"({
    "address": 5, "uuid": "", "name": "", "status": "active", "heard": true,
    "first_heard": "2023-11-14T22:13:20.000Z", "last_heard": "2023-11-14T22:13:22.500Z",
    "counters": {"frames": 2, "readings": 1, "messages": 1, "requests": 0, "malformed": 0},
    "types": ["GPS"]})"));
}

TEST_CASE("a reading shows its bytes, and its fields when its type is known") {
  event what{.seq = 9,
             .node = node_address{5},
             .code = type_code{"GPS"},
             .kind = event_kind::reading,
             .data = small_bytes{*from_hex("800000000002")}};
  auto reading = shown(what);
  CHECK(reading.at("data") == "800000000002");
  CHECK(reading.at("value").at("longitude").as_double() == doctest::Approx(-83.88608));
  CHECK(reading.at("value").at("latitude").as_double() == doctest::Approx(0.00002));
  what.code = type_code{"T1."};
  what.id = 812; // its number in the mesh
  CHECK(shown(what) == with_head("reading", R"({"node": 5, "type": "T1.", "data": "800000000002",
                                                "reading": 812})"));
}

TEST_CASE("a value that JSON has no number for is null") {
  data_type_registry types;
  types.declare({type_code{"F32"}, {*parse_field_format("f32")}});
  for (auto hex : {"7f800000", "ff800000", "7fc00000"}) { // the infinities, not a number
    auto reading = shown({.code = type_code{"F32"},
                          .kind = event_kind::reading,
                          .data = small_bytes{*from_hex(hex)}},
                         types);
    CHECK(reading.at("value").at("value").is_null());
  }
}

TEST_CASE("a number of 64 bits is exact") {
  data_type_registry types;
  types.declare({type_code{"U64"}, {*parse_field_format("u64")}});
  auto reading = shown({.code = type_code{"U64"},
                        .kind = event_kind::reading,
                        .data = small_bytes{*from_hex("ffffffffffffffff")}},
                       types);
  CHECK(json::serialize(reading.at("value")) == R"({"value":18446744073709551615})");
}

TEST_CASE("messages, requests and restarts of the root show their bytes and their text") {
  for (auto kind : {event_kind::message, event_kind::request, event_kind::root_restarted}) {
    auto what = about_node(kind);
    what.code = type_code{"[M]"};
    what.data = small_bytes{*from_hex("026869")};
    CHECK(shown(what) == with_head(to_string(kind), R"({"node": 5, "type": "[M]",
                                                        "data": "026869", "text": "hi"})"));
  }
}

TEST_CASE("a node that joins shows its uuid and its status, one that changes its status") {
  auto joined = about_node(event_kind::node_joined, state_of(node_status::active));
  joined.data = small_bytes{bytes(16, std::byte{0xAA})};
  CHECK(shown(joined) == with_head("node_joined", R"({"node": 5, "state": "active",
                                   "uuid": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})"));
  auto changed = about_node(event_kind::node_changed, state_of(node_status::idle));
  CHECK(shown(changed) == with_head("node_changed", R"({"node": 5, "state": "idle"})"));
}

TEST_CASE("links, commands, gaps, logs and incidents show what they are") {
  event what{.seq = 9,
             .kind = event_kind::link_changed,
             .state = state_of(link_state::noisy),
             .data = small_bytes{view_of(std::string_view{"why"})}};
  CHECK(shown(what) == with_head("link_changed", R"({"state": "noisy", "text": "why"})"));
  what.kind = event_kind::root_log;
  CHECK(shown(what) == with_head("root_log", R"({"text": "why"})"));
  what.kind = event_kind::incident;
  CHECK(shown(what) == with_head("incident", R"({"text": "why"})"));
  CHECK(shown(make_gap_event({.from = 2, .to = 9, .count = 7, .reason = "queue full"}, {}))
        == with_head("gap", R"({"from": 2, "to": 9, "count": 7, "reason": "queue full"})"));
  what.kind = event_kind::command;
  what.id = 12;
  what.node = node_address{5};
  what.state = state_of(command_state::expired);
  CHECK(shown(what) == with_head("command", R"({"id": 12, "node": 5, "state": "expired",
                                                "text": "why"})"));
}

TEST_CASE("every kind of event is JSON, whatever it carries") {
  for (auto kind = 0; kind <= static_cast<int>(event_kind::gap); ++kind)
    for (unsigned state = 0; state < 256; ++state) {
      auto what = about_node(static_cast<event_kind>(kind), static_cast<std::uint8_t>(state));
      what.data = small_bytes{*from_hex("00ff22")};
      std::string text;
      append_event(text, what, epoch, "field", {});
      REQUIRE(json::parse(text).at("seq") == 9);
      REQUIRE(is_printable(view_of(text))); // a line of the stream is a line
    }
}

TEST_CASE("the sums of a port are shown with every reason") {
  frame_counters sums;
  sums.bytes_read = 100;
  sums.frames = 2;
  sums.frame_bytes = 60;
  sums.console_bytes = 20;
  sums.pending_bytes = 5;
  for (std::size_t i = 0; i < reject_reasons; ++i) {
    sums.rejects[i] = i;
    sums.rejected_bytes[i] = 10 * i;
  }
  CHECK(json::value(to_json(sums)) == parsed(R"({
    "bytes_read": 100, "frames": 2, "frame_bytes": 60, "console_bytes": 20, "pending_bytes": 5,
    "rejects": {
      "truncated": {"count": 0, "bytes": 0}, "stray_end": {"count": 1, "bytes": 10},
      "bad_escape": {"count": 2, "bytes": 20}, "oversize": {"count": 3, "bytes": 30},
      "empty": {"count": 4, "bytes": 40}, "malformed": {"count": 5, "bytes": 50}}})"));
}

TEST_CASE("data types are shown as they are written in the configuration") {
  data_type_registry types;
  auto field = *parse_field_format("i16");
  field.name = "celsius";
  field.scale = 0.5;
  field.order = byte_order::little;
  types.declare({type_code{"TMP"}, {field}});
  CHECK(json::value(to_json(types)) == parsed(R"([
    {"code": "GPS", "fields": [
      {"name": "longitude", "type": "i24", "scale": 1e-5, "order": "big"},
      {"name": "latitude", "type": "i24", "scale": 1e-5, "order": "big"}]},
    {"code": "TMP", "fields": [
      {"name": "celsius", "type": "i16", "scale": 0.5, "order": "little"}]}])"));
}
