#include "tests/actors/web_bench.hpp"

#include "actors/error.hpp"
#include "actors/token_file.hpp"
#include "protocol/console_text.hpp"

#include <boost/json/parse.hpp>

#include <filesystem>
#include <fstream>

using namespace xylem;
using namespace xylem::testing;
namespace json = boost::json;

namespace {

const std::string node_5 = "/api/v1/meshes/field/nodes/5";

std::string post(std::string_view body, std::string_view mesh = "field") {
  return "POST /api/v1/meshes/" + std::string{mesh} + "/commands HTTP/1.1\r\nHost: localhost\r\n"
         "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size())
         + "\r\n\r\n" + std::string{body};
}

std::string bearer(std::string_view token) {
  return "Authorization: Bearer " + std::string{token} + "\r\n";
}

/// A folder for the state of a gateway, which goes away with it.
class state_folder {
public:
  state_folder() { REQUIRE(mkdtemp(path_.data()) != nullptr); }
  ~state_folder() { std::filesystem::remove_all(path_); }

  const std::string& path() const { return path_; }
  std::string tokens() const { return path_ + "/tokens.json"; }

  /// As a rename does it: at once.
  void write(std::string_view text) const {
    std::ofstream{path_ + "/new"} << text;
    std::filesystem::rename(path_ + "/new", tokens());
  }

  void write(std::initializer_list<std::pair<std::string_view, access_scope>> known) const {
    std::vector<token_record> all;
    for (auto [token, scope] : known)
      all.push_back({.name = std::string{token}, .hash = hash_token(token), .scope = scope});
    write(to_text(all));
  }

  std::function<void(gateway_settings&)> settings() const {
    return [path = path_](gateway_settings& all) { all.state_dir = path; };
  }

private:
  std::string path_ = (std::filesystem::temp_directory_path() / "xylem-web-XXXXXX").string();
};

std::vector<event> messages(std::size_t count) {
  return std::vector<event>(count, event{.node = {5}, .kind = event_kind::message});
}

void check_sums(const json::object& counters) {
  CHECK(number(counters, "published")
        == number(counters, "delivered") + number(counters, "coalesced")
             + number(counters, "dropped") + number(counters, "queued"));
}

} // namespace

TEST_CASE("a web server answers, and counts what it answered and whom") {
  web_bench bench;
  auto client = bench.client();
  CHECK(bench.get(client, "/livez").status == 200);
  CHECK(bench.get(client, "/nothing").status == 404);
  auto status = bench.status();
  CHECK(number(status, "accepted") == 1);
  CHECK(number(status, "connections") == 1);
  CHECK(number(status, "answers/2xx") == 1);
  CHECK(number(status, "answers/4xx") == 1);
  CHECK(number(status, "latency/request/count") == 2);
  CHECK_FALSE(status["tls"].as_bool());
  CHECK(bench.get(client, "/livez", "Connection: close\r\n").status == 200);
  REQUIRE(bench.until_ended(client));
  CHECK(number(bench.status(), "connections") == 0);
}

TEST_CASE("a date is that of the clock") {
  web_bench bench;
  CHECK(bench.get("/livez").has("Date: Tue, 14 Nov 2023 22:13:20 GMT"));
  bench.world.advance(1s);
  CHECK(bench.get("/livez").has("Date: Tue, 14 Nov 2023 22:13:21 GMT"));
}

TEST_CASE("an address that is taken ends the server with an error that names it") {
  web_bench first;
  web_bench second{[&](gateway_settings& all) { all.web.listen.port = first.port; }};
  REQUIRE(*second.end);
  CHECK(is(**second.end, gateway_error::cannot_serve));
  CHECK(describe(**second.end).find(std::to_string(first.port)) != std::string::npos);
}

TEST_CASE("a client beyond the limit is told so unasked, and the next is taken when one leaves") {
  web_bench bench{[](gateway_settings& all) { all.web.connections = 1; }};
  auto first = bench.client();
  CHECK(bench.get(first, "/livez").status == 200);
  auto second = bench.client();
  REQUIRE(bench.until_ended(second));
  auto answer = answers_in(second.received()).at(0);
  CHECK(answer.status == 503);
  CHECK(answer.has("Retry-After: 1"));
  CHECK(answer.has("Connection: close"));
  CHECK(answer.body.find("too-many-connections") != std::string::npos);
  CHECK(number(bench.status(), "turned_away") == 1);
  first.abort();
  REQUIRE(bench.world.until([&] { return number(bench.status(), "connections") == 0; }));
  CHECK(bench.get("/livez").status == 200);
}

// -- questions

TEST_CASE("what a node has told can be asked for, and is 304 while it has not changed") {
  web_bench bench;
  bench.hear("\x2A");
  auto client = bench.client();
  auto first = bench.get(client, node_5);
  CHECK(first.status == 200);
  CHECK(json::parse(first.body).at("address").as_int64() == 5);
  CHECK(bench.get(client, node_5 + "/readings/T01").status == 200);
  CHECK(bench.get(client, "/api/v1/meshes/field/nodes/6").status == 404);
  auto at = first.head.find("ETag: ") + 6;
  auto tag = first.head.substr(at, first.head.find('\r', at) - at);
  CHECK(bench.get(client, node_5, "If-None-Match: " + tag + "\r\n").status == 304);
  bench.hear("\x2B");
  CHECK(bench.get(client, node_5, "If-None-Match: " + tag + "\r\n").status == 200);
}

TEST_CASE("what the supervisor tells is served as a whole, in part, and as metrics") {
  web_bench bench;
  CHECK(json::parse(bench.get("/api/v1/status").body).at("meshes").is_array());
  CHECK(json::parse(bench.get("/api/v1/meshes").body).at("meshes").is_array());
  CHECK(json::parse(bench.get("/api/v1/subscribers").body).at("subscribers").is_array());
  CHECK(bench.get("/api/v1/incidents").body == R"({"incidents":[]})");
  CHECK(bench.get("/metrics").body.find("xylem_web_cut_off_total{") != std::string::npos);
  CHECK(json::parse(bench.get("/readyz").body).at("actors").is_array());
}

TEST_CASE("while a node cache is being restarted its questions are a 503") {
  web_bench bench;
  bench.hear("\x2A");
  auto cache = std::exchange(bench.caches[0], nullptr);
  bench.wire();
  auto client = bench.client();
  auto answer = bench.get(client, node_5);
  CHECK(answer.status == 503);
  CHECK(answer.has("Retry-After: 1"));
  bench.caches[0] = cache;
  bench.wire();
  CHECK(bench.get(client, node_5).status == 200);
}

TEST_CASE("a node cache that dies over a question is a 504, and the next one answers") {
  web_bench bench;
  auto cache = std::exchange(bench.caches[0], bench.world.system.spawn(cache_probe, &bench.told));
  bench.wire();
  auto client = bench.client();
  client.send("GET " + node_5 + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  REQUIRE(bench.world.until([&] { return number(bench.status(), "connections") == 1; }));
  bench.caches[0] = cache;
  bench.wire();
  bench.world.advance(6s);
  REQUIRE(bench.world.until([&] { return !client.received().empty(); }));
  CHECK(answers_in(client.received()).at(0).status == 504);
  CHECK(bench.get(client, node_5).status == 404); // it knows no node yet
}

// -- commands

TEST_CASE("a command is accepted, can be asked for, and becomes what becomes of it") {
  web_bench bench;
  bench.open_links();
  auto client = bench.client();
  auto state_at = [&](const std::string& where) {
    auto answer = bench.get(client, where);
    REQUIRE(answer.status == 200);
    return std::string{json::parse(answer.body).at("state").as_string()};
  };
  auto submit = [&] {
    auto answer = bench.ask(client, post(R"({"kind": "send", "node": 5, "text": "hi"})"));
    REQUIRE(answer.status == 202);
    auto id = json::parse(answer.body).at("id").to_number<std::uint64_t>();
    CHECK(answer.has("Location: /api/v1/commands/" + std::to_string(id)));
    return id;
  };
  auto first = submit();
  auto where = "/api/v1/commands/" + std::to_string(first);
  CHECK(state_at(where) == "accepted");
  caf::anon_send(bench.managers[0], written_report{.ids = {command_id{first}}, .bytes = 10});
  bench.world.run();
  CHECK(state_at(where) == "written");
  auto second = submit();
  bench.world.advance(10s);
  CHECK(state_at("/api/v1/commands/" + std::to_string(second)) == "expired");
  CHECK(bench.get(client, "/api/v1/commands/9999").status == 404);
}

TEST_CASE("a command without a root is a 503, without a network manager, too") {
  web_bench bench;
  auto client = bench.client();
  auto request = post(R"({"kind": "send", "node": 5, "text": "hi"})");
  CHECK(bench.ask(client, request).body.find("no-serial-connection") != std::string::npos);
  caf::anon_send_exit(bench.managers[0], caf::exit_reason::kill);
  bench.world.run();
  CHECK(bench.ask(client, request).body.find("not-available") != std::string::npos);
}

TEST_CASE("a command is found whichever mesh has it") {
  web_bench bench{[](gateway_settings& all) { all.meshes.emplace_back().name = "south"; }};
  bench.open_links();
  for (auto mesh : {"field", "south"}) {
    auto client = bench.client();
    auto made = bench.ask(client, post(R"({"kind": "broadcast", "text": "hi"})", mesh));
    auto id = json::parse(made.body).at("id").to_number<std::uint64_t>();
    auto found = bench.get(client, "/api/v1/commands/" + std::to_string(id));
    CHECK(json::parse(found.body).at("mesh").as_string() == mesh);
  }
}

TEST_CASE("a command over a WebSocket is told until it is written") {
  web_bench bench;
  bench.open_links();
  auto client = bench.websocket();
  client.send(text_frame(R"({"type":"send","id":8,"node":5,"text":"hi"})"));
  bench.expect(client, R"("id":8,"ok":true,"command":{"id":)");
  auto id = bench.told.transmitted.back();
  caf::anon_send(bench.managers[0], written_report{.ids = {id}, .bytes = 10});
  bench.expect(client, R"({"type":"command","id":8,)");
  CHECK(client.received().find(R"("state":"written")") != std::string::npos);
}

// -- events

TEST_CASE("who only listens gets the messages of the old dashboard") {
  web_bench bench;
  auto client = bench.websocket();
  bench.hear("\x2A");
  bench.expect(client, R"({"type":"trafficLog","message":"Node-5 T01)");
  bench.expect(client, R"("nodeStatus","nodes":[{"name":"Node-5","status":"normal"}])");
}

TEST_CASE("a subscriber gets a snapshot and then what happens, and is counted") {
  web_bench bench;
  bench.hear("\x2A");
  auto client = bench.websocket();
  client.send(text_frame(R"({"type":"subscribe","id":1})"));
  bench.expect(client, R"({"type":"snapshot","mesh":"field","nodes":[{"address":5,)");
  bench.hear("\x2B");
  bench.expect(client, R"("kind":"reading")");
  auto status = status_of(bench.world, bench.it);
  const auto& subscriber = status["subscribers"].as_array().at(0).as_object();
  CHECK(subscriber.at("kind").as_string() == "websocket");
  CHECK(number(subscriber, "delivered") == 1);
  check_sums(subscriber);
  CHECK(number(status, "web/websockets") == 1);
  CHECK(number(status, "web/upgraded") == 1);
  client.abort();
  REQUIRE(bench.world.until([&] { return number(bench.status(), "websockets") == 0; }));
  CHECK(number(bench.status(), "streams/published") == 1); // the sum outlives it
  CHECK(number(bench.status(), "streams/delivered") == 1);
}

TEST_CASE("readings are sent to the web server only while somebody wants them") {
  web_bench bench;
  auto sent = [&] { return number(status_of(bench.world, bench.hub), "sent"); };
  bench.publish(messages(3));
  CHECK(sent() == 0);
  auto client = bench.websocket();
  bench.publish(messages(3));
  CHECK(sent() == 3);
  client.send(text_frame(R"({"type":"unsubscribe"})"));
  bench.expect(client, R"("ok":true)");
  bench.publish(messages(3));
  CHECK(sent() == 3);
}

TEST_CASE("who comes back with its cursor misses nothing and gets nothing twice") {
  web_bench bench;
  bench.publish(messages(3));
  auto first = bench.websocket();
  first.send(text_frame(R"({"type":"subscribe","snapshot":false,"cursor":{"epoch":77,"seq":1}})"));
  bench.expect(first, R"("cursor":{"epoch":77,"seq":3})");
  first.abort();
  bench.publish(messages(500));
  auto again = bench.websocket();
  again.send(text_frame(R"({"type":"subscribe","cursor":{"epoch":77,"seq":3}})"));
  bench.publish(messages(1));
  bench.expect(again, R"("cursor":{"epoch":77,"seq":504})");
  std::uint64_t next = 4;
  for (const auto& frame : frames_in(again.received())) {
    auto tree = json::parse(frame.payload).as_object();
    if (tree.at("type").as_string() == "events")
      for (const auto& each : tree.at("events").as_array())
        CHECK(each.at("seq").to_number<std::uint64_t>() == next++);
  }
  CHECK(next == 505);
}

TEST_CASE("a hub that was restarted is told by one gap and a snapshot, and events go on") {
  web_bench bench;
  auto client = bench.websocket();
  client.send(text_frame(R"({"type":"subscribe","snapshot":false,"id":1})"));
  bench.expect(client, R"("ok":true)");
  client.send(text_frame(R"({"type":"subscribe","id":2,"cursor":{"epoch":77,"seq":0}})"));
  bench.expect(client, R"("id":2,"ok":true)");
  bench.publish(messages(2));
  bench.expect(client, R"("seq":2)");
  client.forget_received();
  bench.start_hub(78);
  bench.expect(client, R"("reason":"other epoch")");
  bench.expect(client, R"({"type":"snapshot","mesh":"field","nodes":[],"last":true})");
  bench.publish(messages(1));
  bench.expect(client, R"("cursor":{"epoch":78,"seq":1})");
}

TEST_CASE("a subscriber that does not read is sent away by the policy disconnect") {
  web_bench bench;
  auto client = bench.websocket();
  client.send(text_frame(R"({"type":"subscribe","snapshot":false,"policy":"disconnect"})"));
  bench.expect(client, R"("ok":true)");
  for (auto i = 0; i < 2000 && number(bench.status(), "cut_off/too_slow") == 0; ++i)
    bench.publish(messages(1024)); // the buffers of the system are full at some time
  CHECK(number(bench.status(), "cut_off/too_slow") == 1);
  bench.world.advance(12s); // it takes nothing, so it is not told
  CHECK(number(bench.status(), "websockets") == 0);
  CHECK(number(bench.status(), "cut_off/too_slow") == 1);
}

// -- tokens

TEST_CASE("without tokens everybody may, and once there is a file of them, nobody without") {
  state_folder folder;
  web_bench bench{folder.settings()};
  auto client = bench.client();
  auto listener = bench.websocket();
  CHECK(bench.get(client, node_5).status == 404);
  folder.write({{"reader", access_scope::read}});
  bench.world.advance(1s);
  CHECK(bench.get(client, node_5).status == 401);
  CHECK(bench.get(client, node_5, bearer("reader")).status == 404);
  CHECK(bench.get(client, node_5, bearer("other")).status == 401);
  CHECK(bench.get(client, "/livez").status == 200);
  bench.expect_closed(listener, 1008);
  CHECK(number(bench.status(), "tokens") == 1);
}

TEST_CASE("a file of tokens that is empty, gone or cannot be read admits nobody") {
  state_folder folder;
  folder.write("");
  web_bench bench{folder.settings()};
  auto client = bench.client();
  CHECK(bench.get(client, node_5, bearer("any")).status == 401);
  folder.write({{"any", access_scope::read}});
  bench.world.advance(1s);
  CHECK(bench.get(client, node_5, bearer("any")).status == 404);
  folder.write("no tokens");
  bench.world.advance(1s);
  CHECK(bench.get(client, node_5, bearer("any")).status == 503);
  std::filesystem::remove(folder.tokens());
  bench.world.advance(1s);
  CHECK(bench.get(client, node_5, bearer("any")).status == 401);
}

TEST_CASE("tokens are needed from the start when web.tokens names a file, be it there or not") {
  state_folder folder;
  web_bench bench{[&](gateway_settings& all) { all.web.tokens = folder.path() + "/named"; }};
  CHECK(bench.get(node_5).status == 401);
}

TEST_CASE("a revoked token ends its WebSockets within two seconds, and those of others go on") {
  state_folder folder;
  folder.write({{"a", access_scope::read}, {"b", access_scope::admin}});
  web_bench bench{folder.settings()};
  auto revoked = bench.websocket(bearer("a"));
  auto other = bench.websocket("Sec-WebSocket-Protocol: xylem, xylem.token.b\r\n");
  CHECK(revoked.received().find(R"("scopes":["read"])") != std::string::npos);
  folder.write({{"b", access_scope::admin}});
  bench.world.advance(2s);
  bench.expect_closed(revoked, 1008);
  other.send(text_frame(R"({"type":"ping","id":1})"));
  bench.expect(other, R"("id":1,"ok":true)");
  CHECK(number(bench.status(), "cut_off/token_revoked") == 1);
}

TEST_CASE("a scope that is too small is a 403") {
  state_folder folder;
  folder.write({{"reader", access_scope::read}, {"sender", access_scope::command}});
  web_bench bench{folder.settings()};
  bench.open_links();
  auto with = [](std::string_view token, std::string_view body) {
    auto request = post(body);
    request.insert(request.find("Content-Type"), bearer(token));
    return request;
  };
  auto client = bench.client();
  CHECK(bench.ask(client, with("reader", R"({"kind":"network_info"})")).status == 403);
  CHECK(bench.ask(client, with("sender", R"({"kind":"network_info"})")).status == 202);
  CHECK(bench.ask(client, with("sender", R"({"kind":"reset_root"})")).status == 403);
}

TEST_CASE("pages of web.origins are served, others refused") {
  web_bench bench{[](gateway_settings& all) { all.web.origins = {"https://maps.example"}; }};
  CHECK(bench.get("/livez", "Origin: https://maps.example\r\n").status == 200);
  CHECK(bench.get("/livez", "Origin: https://evil.example\r\n").status == 403);
}

// -- time and the end

TEST_CASE("each connection that is cut off is counted by its reason") {
  web_bench bench;
  auto idle = bench.client();
  auto slow = bench.client();
  slow.send("GET /livez HT");
  auto wrong = bench.client();
  wrong.send("[ACT]\r\n\r\n");
  auto large = bench.client();
  large.send("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x'));
  REQUIRE(bench.until_ended(wrong));
  REQUIRE(bench.until_ended(large));
  bench.world.advance(6s);
  REQUIRE(bench.until_ended(slow));
  CHECK(answers_in(slow.received()).at(0).status == 408);
  bench.world.advance(60s);
  REQUIRE(bench.until_ended(idle));
  auto status = bench.status();
  for (auto reason : {"bad_request", "header_too_large", "header_timeout", "idle"}) {
    CAPTURE(reason);
    CHECK(number(status, "cut_off/" + std::string{reason}) == 1);
  }
  CHECK(number(status, "connections") == 0);
}

TEST_CASE("a server without connections stops at once") {
  web_bench bench;
  bench.stop();
  REQUIRE(*bench.end);
  CHECK(**bench.end == caf::exit_reason::user_shutdown);
}

TEST_CASE("a server that stops answers what is under way, says 1001, and ends") {
  web_bench bench;
  auto idle = bench.client();
  CHECK(bench.get(idle, "/livez").status == 200);
  auto listener = bench.websocket();
  auto asking = bench.client();
  bench.caches[0] = bench.world.system.spawn(cache_probe, &bench.told);
  bench.wire();
  asking.send("GET " + node_5 + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  REQUIRE(bench.world.until([&] { return number(bench.status(), "connections") == 3; }));
  bench.stop();
  REQUIRE(bench.until_ended(idle));
  bench.expect_closed(listener, 1001);
  listener.send(close_frame(1001));
  REQUIRE(bench.until_ended(listener));
  listener.abort(); // or the server would wait for its end, too
  CHECK(!*bench.end);
  bench.world.advance(6s);
  REQUIRE(bench.until_ended(asking));
  CHECK(answers_in(asking.received()).at(0).status == 504);
  CHECK(answers_in(asking.received()).at(0).has("Connection: close"));
  REQUIRE(bench.world.until([&] { return bench.end->has_value(); }));
  CHECK(**bench.end == caf::exit_reason::user_shutdown);
}

TEST_CASE("a server that is ended by force closes its connections, whatever they wait for") {
  web_bench bench;
  bench.open_links();
  auto idle = bench.client();
  CHECK(bench.get(idle, "/livez").status == 200);
  auto listener = bench.websocket();
  listener.send(text_frame(R"({"type":"subscribe"})"));
  bench.expect(listener, R"("last":true)");
  auto asking = bench.client();
  auto old = std::exchange(bench.caches[0], bench.world.system.spawn(cache_probe, &bench.told));
  bench.wire();
  asking.send("GET " + node_5 + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  REQUIRE(bench.world.until([&] { return number(bench.status(), "connections") == 3; }));
  caf::anon_send_exit(bench.it, caf::exit_reason::kill);
  REQUIRE(bench.until_ended(idle));
  REQUIRE(bench.until_ended(listener));
  REQUIRE(bench.until_ended(asking));
}
