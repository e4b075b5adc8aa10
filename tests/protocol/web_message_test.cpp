#include "protocol/web_message.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

using namespace xylem;

namespace {

const std::vector<std::string> one_mesh{"default"};
const std::vector<std::string> two_meshes{"north", "south"};

web_message message_of(std::string_view text, std::span<const std::string> meshes = one_mesh) {
  auto parsed = parse_web_message(text, meshes);
  if (auto wrong = std::get_if<problem>(&parsed.content))
    FAIL(wrong->detail);
  return std::get<web_message>(std::move(parsed.content));
}

problem problem_of(std::string_view text, std::span<const std::string> meshes = one_mesh) {
  auto parsed = parse_web_message(text, meshes);
  auto wrong = std::get_if<problem>(&parsed.content);
  if (!wrong)
    FAIL(std::string{text});
  return *wrong;
}

/// Of a request that cannot be used.
std::string bad(std::string_view text) {
  auto what = problem_of(text);
  CHECK(what.kind == problem_kind::bad_request);
  return what.detail;
}

boost::json::value id_of(std::string_view text) {
  return parse_web_message(text, one_mesh).id;
}

subscribe_request subscription(const std::string& members) {
  return std::get<subscribe_request>(message_of(R"({"type": "subscribe")" + members + "}"));
}

std::string refused(const std::string& members) {
  return bad(R"({"type": "subscribe")" + members + "}");
}

} // namespace

TEST_CASE("a message has the type of one of web section 3.2") {
  CHECK(message_of(R"({"type": "ping"})") == web_message{ping_request{}});
  CHECK(message_of(R"({"type": "unsubscribe"})") == web_message{unsubscribe_request{}});
  CHECK(message_of(R"({"type": "subscribe"})") == web_message{subscribe_request{}});
  CHECK(message_of(R"({"type": "network_info"})")
        == web_message{command_request{{}, {command_kind::network_info, {}, {}}}});
}

TEST_CASE("an id is a whole number or a short text, and comes back") {
  CHECK(id_of(R"({"type": "ping", "id": 7})") == 7);
  CHECK(id_of(R"({"type": "ping", "id": -1})") == -1);
  CHECK(id_of(R"({"type": "ping", "id": 18446744073709551615})") == 18446744073709551615U);
  CHECK(id_of(R"({"type": "ping", "id": "a-7"})") == "a-7");
  CHECK(id_of(R"({"type": "ping", "id": ")" + std::string(64, 'x') + "\"}").is_string());
  CHECK(id_of(R"({"type": "ping"})").is_null());
}

TEST_CASE("the id comes back with an error, too") {
  auto parsed = parse_web_message(R"({"id": 8, "type": "pong"})", one_mesh);
  CHECK(parsed.id == 8);
  CHECK(std::holds_alternative<problem>(parsed.content));
}

TEST_CASE("an id that cannot be sent back is refused") {
  for (auto id : {std::string{"null"}, std::string{"true"}, std::string{"[]"}, std::string{"{}"},
                  std::string{"1.5"}, std::string{"18446744073709551616"},
                  '"' + std::string(65, 'x') + '"'}) {
    auto text = R"({"type": "ping", "id": )" + id + "}";
    CHECK(bad(text).starts_with("\"id\" is neither"));
    CHECK(id_of(text).is_null());
  }
}

TEST_CASE("a subscription without lists is for everything, with a snapshot as it is needed") {
  auto all = subscription("");
  CHECK(all.filter == subscriber_filter{});
  CHECK(all.policy == subscriber_policy::drop_oldest);
  CHECK_FALSE(all.from);
  CHECK_FALSE(all.snapshot);
}

TEST_CASE("a subscription is narrowed by its lists") {
  auto kinds = subscription(R"(, "kinds": ["reading", "gap"])").filter.kinds;
  CHECK(kinds == event_kind_set{event_kind::reading, event_kind::gap});
  CHECK(subscription(R"(, "kinds": [])").filter.kinds == event_kind_set{});
  CHECK(subscription(R"(, "nodes": [5, "0x0006"])").filter.nodes
        == selection<node_address>{{node_address{5}, node_address{6}}});
  CHECK(subscription(R"(, "types": ["GPS", "0x01"])").filter.codes
        == selection<type_code>{{type_code{"GPS"}, type_code{"\x01"}}});
  auto south = message_of(R"({"type": "subscribe", "meshes": ["south"]})", two_meshes);
  CHECK(std::get<subscribe_request>(south).filter.meshes
        == selection<mesh_index>{{mesh_index{1}}});
}

TEST_CASE("every kind of event that web section 3.3 lists can be subscribed to") {
  for (auto kind : {"reading", "message", "request", "root_restarted", "node_joined",
                    "node_changed", "link_changed", "root_log", "incident", "command", "gap"})
    subscription(R"(, "kinds": [")" + std::string{kind} + "\"]");
  CHECK(refused(R"(, "kinds": ["node_heard"])")
        == "\"kinds\" has \"node_heard\", which is no kind of event such as \"reading\"");
}

TEST_CASE("a subscription says what happens when it is too slow, and where it goes on") {
  CHECK(subscription(R"(, "policy": "latest")").policy == subscriber_policy::latest);
  CHECK(subscription(R"(, "cursor": {"epoch": 1769860800000, "seq": 41})").from
        == cursor{1769860800000, 41});
  CHECK(subscription(R"(, "snapshot": false)").snapshot == false);
  CHECK(subscription(R"(, "snapshot": true)").snapshot == true);
}

TEST_CASE("what cannot be subscribed to is named") {
  CHECK(refused(R"(, "kind": "reading")")
        == "unknown member \"kind\"; subscribe takes type, id, kinds, meshes, nodes, types, "
           "policy, cursor and snapshot; did you mean kinds?");
  CHECK(refused(R"(, "kinds": "reading")") == "\"kinds\" is no list of at most 256 items");
  CHECK(refused(R"(, "kinds": [5])").starts_with("\"kinds\" has an item, which"));
  CHECK(refused(R"(, "nodes": [70000])").starts_with("\"nodes\" has an item that"));
  CHECK(refused(R"(, "types": ["LONG"])").starts_with("\"types\" has an item that"));
  CHECK(refused(R"(, "types": [5])").starts_with("\"types\" has an item that"));
  CHECK(refused(R"(, "meshes": [5])") == "a mesh is named by text");
  CHECK(refused(R"(, "policy": "fast")")
        == "\"policy\" is none of disconnect, drop_oldest and latest");
  CHECK(refused(R"(, "snapshot": null)") == "\"snapshot\" is neither true nor false");
  CHECK(problem_of(R"({"type": "subscribe", "meshes": ["west"]})", two_meshes)
        == problem{problem_kind::mesh_not_found,
                   "no mesh is named \"west\"; there is north and south"});
}

TEST_CASE("a cursor has an epoch and a seq, whole numbers both") {
  CHECK(refused(R"(, "cursor": 41)") == "\"cursor\" is no object with epoch and seq");
  CHECK(refused(R"(, "cursor": {"epoch": 1})") == "\"cursor\" has no whole number \"seq\"");
  for (auto seq : {"-1", "1.5", "1e3", "\"1\"", "null", "18446744073709551616"})
    CHECK(refused(R"(, "cursor": {"epoch": 1, "seq": )" + std::string{seq} + "}")
          == "\"cursor\" has no whole number \"seq\"");
  CHECK(refused(R"(, "cursor": {"epoch": 1, "seq": 1, "at": 1})")
          .starts_with("unknown member \"at\"; cursor takes epoch and seq"));
}

TEST_CASE("a list is bounded") {
  auto list = [](int count) {
    std::string out;
    for (auto i = 0; i < count; ++i)
      out += (i == 0 ? "" : ",") + std::to_string(i);
    return R"(, "nodes": [)" + out + "]";
  };
  subscription(list(256));
  CHECK(refused(list(257)) == "\"nodes\" is no list of at most 256 items");
}

TEST_CASE("a command names its mesh when there are several") {
  constexpr auto with = R"({"type": "send", "mesh": "south", "node": 5, "text": "x"})";
  auto sent = std::get<command_request>(message_of(with, two_meshes));
  CHECK(sent.mesh == mesh_index{1});
  CHECK(sent.what == command{command_kind::send, node_address{5}, {std::byte{'x'}}});
  constexpr auto without = R"({"type": "send", "node": 5, "text": "x"})";
  CHECK(std::get<command_request>(message_of(without)).mesh == mesh_index{0});
  CHECK(problem_of(without, two_meshes)
        == problem{problem_kind::command_invalid, "\"mesh\" is missing: there is north and south"});
  CHECK(problem_of(with).kind == problem_kind::mesh_not_found);
  CHECK(problem_of(R"({"type": "network_info", "mesh": 1})").kind == problem_kind::bad_request);
}

TEST_CASE("a command that cannot be done is told as over HTTP") {
  CHECK(problem_of(R"({"type": "send", "node": 5})").kind == problem_kind::command_invalid);
  CHECK(problem_of(R"({"type": "clean"})").kind == problem_kind::confirmation_missing);
  CHECK(problem_of(R"({"type": "network_info", "kind": "send"})")
        == problem{problem_kind::command_invalid,
                   "unknown member \"kind\"; network_info takes type, id and mesh"});
}

TEST_CASE("what is no message is told so") {
  CHECK(bad("").starts_with("the message is not JSON"));
  CHECK(bad("{\"type\": \"\xFF\"}").starts_with("the message is not JSON"));
  CHECK(bad("[[[[[[[[[[]]]]]]]]]]").starts_with("the message is not JSON"));
  CHECK(bad("[]") == "the message is no object");
  CHECK(bad("{}") == "\"type\" is missing");
  CHECK(bad(R"({"type": 5})") == "\"type\" is no text");
  CHECK(bad(R"({"type": "pong"})").starts_with("\"type\" is \"pong\": expected one of subscribe,"));
  CHECK(bad(R"({"type": "ping", "kinds": []})")
        == "unknown member \"kinds\"; ping takes type and id");
  CHECK(bad(std::string(64 * 1024 + 1, ' ')) == "the message has more than 65536 bytes");
}
