// What goes over a WebSocket: the greeting, the old dashboard, events, commands, the end.
#include "gateway_process.hpp"
#include "waiting.hpp"
#include "web_socket_client.hpp"
#include "wire.hpp"
#include "protocol/version.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <deque>

using namespace xylem;
using namespace xylem::testing;

namespace json = boost::json;

namespace {

std::string type_of(const json::object& message) {
  return std::string{message.at("type").as_string()};
}

/// Takes the events of a socket one by one.
class event_reader {
public:
  explicit event_reader(web_socket_client& socket) : socket_{socket} {}

  json::object next() {
    while (waiting_.empty()) {
      auto news = socket_.next_of("events");
      for (const auto& event : news.at("events").as_array())
        waiting_.push_back(event.as_object());
    }
    auto first = std::move(waiting_.front());
    waiting_.pop_front();
    return first;
  }

  /// The next one of this kind; others before it are skipped.
  json::object next(const std::string& kind) {
    for (;;)
      if (auto event = next(); event.at("kind").as_string() == kind)
        return event;
  }

private:
  web_socket_client& socket_;
  std::deque<json::object> waiting_;
};

std::string error_of(const json::object& result) {
  CHECK(result.at("ok") == false);
  auto type = std::string{result.at("error").at("type").as_string()};
  return type.substr(type.rfind(':') + 1);
}

const json::object subscribe{{"type", "subscribe"}, {"id", 1}};

} // namespace

TEST_CASE("the first message greets with version, place, meshes and scopes") {
  one_mesh mesh;
  web_socket_client socket{place_of(mesh.gateway)};
  auto hello = socket.next();
  CHECK(hello.at("type") == "hello");
  CHECK(hello.at("version").as_string() == software_version());
  CHECK(hello.at("epoch").to_number<std::uint64_t>() > 0);
  CHECK(hello.at("meshes") == json::array{"default"});
  CHECK(hello.at("scopes") == json::array{"read", "command", "admin"});
}

TEST_CASE("who says nothing gets the messages of the old dashboard: the state, then what changes") {
  one_mesh mesh;
  mesh.learn(5, {{"GPS", "\x0C\xD3\x54\x1A\xC9\xD1"}});
  web_socket_client page{place_of(mesh.gateway)};
  CHECK(page.next().at("type") == "hello");
  CHECK(page.next()
        == json::object{{"type", "networkStatus"},
                        {"status", "connectionStatus"},
                        {"socket", true},
                        {"uart", true}});
  auto nodes = page.next();
  CHECK(nodes.at("status") == "nodeStatus");
  CHECK(nodes.at("nodes")
        == json::array(std::initializer_list<json::value_ref>{
            json::object{{"name", "Node-5"}, {"status", "normal"}}}));
  mesh.root.say(update(5, {{"GPS", "\x0C\xD3\x54\x1A\xC9\xD1"}}));
  CHECK(page.next_of("trafficLog").at("message")
        == "Node-5 GPS longitude=8.40532 latitude=17.55601");
  mesh.root.unplug();
  json::object told;
  while (!told.contains("uart"))
    told = page.next_of("networkStatus");
  CHECK(told.at("uart") == false);
}

TEST_CASE("a subscription gets a snapshot of every node, then what happens, and no dashboard") {
  one_mesh mesh;
  mesh.learn(5, {{"ONE", "1"}, {"TWO", "2"}});
  mesh.learn(6, {{"ONE", "1"}});
  web_socket_client socket{place_of(mesh.gateway)};
  auto result = socket.ask(subscribe);
  CHECK(result.at("ok") == true);
  CHECK(result.at("id") == 1);
  auto page = socket.next_of("snapshot");
  REQUIRE(page.at("nodes").as_array().size() == 2);
  CHECK(page.at("last") == true);
  CHECK(page.at("nodes").at(0).at("address") == 5);
  CHECK(page.at("nodes").at(0).at("readings").as_array().size() == 2);
  mesh.root.say(message(5, "hello"));
  auto next = socket.next();
  CHECK(type_of(next) == "events");
  auto event = next.at("events").at(0);
  CHECK(event.at("kind") == "message");
  CHECK(event.at("text")
        == "hello"); // without the length that the root sends before it
  CHECK(next.at("cursor").at("seq") == event.at("seq"));
}

TEST_CASE("a subscription is narrowed by kinds, nodes and types, and ends when that is asked for") {
  one_mesh mesh;
  web_socket_client socket{place_of(mesh.gateway)};
  socket.ask({{"type", "subscribe"},
              {"kinds", {"reading"}},
              {"nodes", {5, "0x0006"}},
              {"types", {"ONE"}},
              {"snapshot", false}});
  mesh.root.say(message(5, "not wanted"));
  mesh.root.say(update(7, {{"ONE", "not wanted"}}));
  mesh.root.say(update(5, {{"TWO", "not wanted"}, {"ONE", "5"}}));
  mesh.root.say(update(6, {{"ONE", "6"}}));
  event_reader events{socket};
  auto first = events.next();
  CHECK(first.at("node") == 5);
  CHECK(first.at("type") == "ONE");
  CHECK(events.next().at("node") == 6);
  CHECK(socket.ask({{"type", "unsubscribe"}, {"id", "end"}}).at("id") == "end");
  mesh.learn(5, {{"ONE", "unheard"}});
  CHECK(socket.ask({{"type", "ping"}}).at("ok") == true); // and nothing came before
}

TEST_CASE("a request that cannot be understood is told why, and the connection goes on") {
  one_mesh mesh;
  web_socket_client socket{place_of(mesh.gateway)};
  auto refused = [&](const std::string& text) {
    socket.send_text(text);
    return error_of(socket.next_of("result"));
  };
  CHECK(refused("hello") == "bad-request");
  CHECK(refused("[]") == "bad-request");
  CHECK(refused(R"({"type": "dance"})") == "bad-request");
  CHECK(refused(R"({"type": "subscribe", "kind": ["reading"]})") == "bad-request");
  CHECK(refused(R"({"type": "subscribe", "policy": "best"})") == "bad-request");
  CHECK(refused(R"({"type": "send", "node": 5})") == "command-invalid");
  CHECK(refused(R"({"type": "clean"})") == "confirmation-missing");
  CHECK(refused(R"({"type": "ping", "mesh": "nowhere"})") == "bad-request");
  CHECK(refused(R"({"type": "network_info", "mesh": "nowhere"})") == "mesh-not-found");
  CHECK(socket.ask({{"type", "ping"}}).at("ok") == true);
}

TEST_CASE("a command is accepted, and its further states are told without a subscription") {
  one_mesh mesh;
  web_socket_client socket{place_of(mesh.gateway)};
  auto result = socket.ask({{"type", "send"}, {"id", 8}, {"node", 5}, {"text", "hello"}});
  CHECK(result.at("ok") == true);
  CHECK(result.at("command").at("state") == "accepted");
  auto told = socket.next_of("command");
  CHECK(told.at("id") == 8);
  CHECK(told.at("command").at("id") == result.at("command").at("id"));
  CHECK(told.at("command").at("state") == "written");
  mesh.root.await_command(as_command(send_request(5, "hello")));
  for (const auto& more : {json::object{{"type", "broadcast"}, {"data", "00"}},
                           json::object{{"type", "network_info"}, {"mesh", "default"}},
                           json::object{{"type", "reset_root"}},
                           json::object{{"type", "clean"}, {"confirm", "clean"}}}) {
    CHECK(socket.ask(more).at("ok") == true);
    CHECK(socket.next_of("command").at("command").at("state") == "written");
  }
}

TEST_CASE("every kind of event has its members") {
  one_mesh mesh;
  web_socket_client socket{place_of(mesh.gateway)};
  socket.ask({{"type", "subscribe"}, {"snapshot", false}});
  event_reader events{socket};
  mesh.root.say(snapshot({5}));
  CHECK(events.next("node_joined").at("node") == 5);
  mesh.root.say(update(5, {{"GPS", "\x0C\xD3\x54\x1A\xC9\xD1"}}));
  CHECK(events.next("reading").at("value").at("longitude") == 8.40532);
  mesh.root.say(node_request(5, "ask"));
  CHECK(events.next("request").at("node") == 5);
  mesh.root.print("a line of the root\r\n");
  CHECK(events.next("root_log").at("text") == "a line of the root");
  socket.send({{"type", "broadcast"}, {"text", "x"}});
  CHECK(events.next("command").at("state") == "accepted");
  mesh.root.say(word(0) + "RST");
  CHECK(events.next("root_restarted").at("node") == 0);
  mesh.root.unplug();
  CHECK(events.next("link_changed").at("state") == "down");
  mesh.root.plug();
  CHECK(events.next("incident").at("mesh") == "default");
}

TEST_CASE("what cannot be resumed is one gap, then a snapshot") {
  one_mesh mesh{{"events.ring_events=16"}};
  mesh.learn(5, {{"ONE", "1"}});
  web_socket_client first{place_of(mesh.gateway)};
  auto begin = first.ask(subscribe);
  first.drop();
  for (unsigned i = 0; i < 40; ++i)
    mesh.root.say(update(5, {{"ONE", byte(i)}}));
  mesh.learn(5, {{"ONE", "last"}});
  json::object place{{"epoch", begin.at("epoch")}, {"seq", begin.at("seq")}};
  web_socket_client second{place_of(mesh.gateway)};
  second.send({{"type", "subscribe"}, {"cursor", place}});
  auto gap = event_reader{second}.next("gap");
  CHECK(gap.at("from").to_number<std::uint64_t>()
        == begin.at("seq").to_number<std::uint64_t>() + 1);
  CHECK(gap.at("reason") == "overwritten");
  CHECK(second.next_of("snapshot").at("nodes").as_array().size() == 1);

  web_socket_client third{place_of(mesh.gateway)}; // the place of a gateway before this one
  third.send({{"type", "subscribe"}, {"cursor", {{"epoch", 1}, {"seq", 1}}}});
  CHECK(event_reader{third}.next().at("kind") == "gap");
  CHECK(third.next_of("snapshot").at("last") == true);
}

TEST_CASE("a WebSocket ends with the code that says why") {
  one_mesh mesh;
  web_socket_client binary{place_of(mesh.gateway)};
  binary.send_binary("\x01\x02");
  CHECK(binary.await_end().code == 1003);
  web_socket_client large{place_of(mesh.gateway)};
  large.send_text(std::string(64 * 1024 + 1, ' '));
  CHECK(large.await_end().code == 1009);
  web_socket_client polite{place_of(mesh.gateway)};
  polite.close();
  web_socket_client last{place_of(mesh.gateway)};
  last.next();
  CHECK(mesh.gateway.end(SIGTERM).code == 0);
  CHECK(last.await_end().code == 1001);
}

TEST_CASE("the path of the WebSocket asks everybody else to upgrade") {
  one_mesh mesh;
  web_client web{place_of(mesh.gateway)};
  auto answer = web.get("/ws");
  CHECK(answer.status == 426);
  CHECK(problem_of(answer) == "upgrade-required");
  CHECK(answer.header("upgrade") == "websocket");
}
