#include "actors/web_subscriber.hpp"

#include "tests/actors/fake_web_host.hpp"

#include <boost/json/parse.hpp>

using namespace xylem;
using namespace xylem::testing;
namespace json = boost::json;

namespace {

constexpr std::uint64_t epoch = 5;
const std::string accepted_17
  = R"({"id":17,"mesh":"field","kind":"send","node":5,"state":"accepted")";

struct subscriber_bench {
  explicit subscriber_bench(access_scope scope = access_scope::admin)
      : it{std::make_shared<web_subscriber>(1, "peer", web_client{scope}, *host,
                                            [this] { ++wakes; })} {
    it->start();
  }

  void greet(std::uint64_t seq = 41) {
    host->answer_replay(replay_page{.reached = {epoch, seq}, .complete = true});
    it->next(); // hello
  }

  void subscribe(std::string_view more = R"(,"snapshot":false)") {
    it->received(R"({"type":"subscribe","id":9)" + std::string{more} + "}");
  }

  /// The newest event is `seq`.
  void begin(std::uint64_t seq = 41) {
    host->answer_replay(replay_page{.reached = {epoch, seq}, .complete = true});
  }

  void publish(std::uint64_t seq, event what = {.kind = event_kind::message}) {
    what.seq = seq;
    it->publish({.epoch = epoch, .events = std::make_shared<std::vector<event>>(1, what)});
  }

  void tell_command(std::uint64_t id, command_state state, std::string_view why = {}) {
    publish(++newest_, {.time = clock.now().wall,
                        .id = id,
                        .kind = event_kind::command,
                        .state = static_cast<std::uint8_t>(state),
                        .data = small_bytes{view_of(why)}});
  }

  /// A command of this client was accepted.
  void accept(std::uint64_t id) {
    it->received(R"({"type":"send","id":8,"node":5,"text":"hi"})");
    REQUIRE(host->submitted.size() == 1);
    auto done = std::move(host->submitted.front().second);
    host->submitted.clear();
    command sent{.kind = command_kind::send, .node = node_address{5}};
    auto now = clock.now();
    done({mesh_index{0},
          command_record{.id = command_id{id}, .what = sent, .accepted = now, .deadline = now}});
  }

  std::vector<std::string> messages() {
    std::vector<std::string> all;
    while (auto text = it->next()) {
      json::parse(*text); // throws when it is none
      all.push_back(*std::move(text));
    }
    return all;
  }

  void advance(std::chrono::seconds by) {
    for (; by > 0s; by -= 1s) {
      clock.move(1s);
      it->tick(clock.now().mono);
    }
  }

  bool has_sums() const {
    auto told = it->subscriber();
    auto sums = told ? told->counters : subscriber_counters{};
    return sums.published == sums.delivered + sums.coalesced + sums.dropped + sums.queued;
  }

  boost::asio::io_context io;
  moved_clock clock;
  std::shared_ptr<fake_web_host> host = std::make_shared<fake_web_host>(io, clock);
  std::size_t wakes = 0;
  std::shared_ptr<web_subscriber> it;

private:
  std::uint64_t newest_ = 100;
};

using texts = std::vector<std::string>;

} // namespace

// -- who only listens

TEST_CASE("hello comes first, then how things are, then what changes") {
  subscriber_bench bench{access_scope::read};
  bench.host->dashboard = {R"({"type":"networkStatus"})"};
  bench.it->tell(R"({"type":"trafficLog"})"); // is in the state that follows, or is no loss
  CHECK(bench.messages().empty());
  CHECK_FALSE(bench.it->may_receive());
  bench.begin();
  bench.it->tell(R"({"type":"trafficLog"})");
  CHECK(bench.messages()
        == texts{R"({"type":"hello","version":"1.2.3","epoch":5,"seq":41,"meshes":["field"],)"
                 R"("scopes":["read"]})",
                 R"({"type":"networkStatus"})", R"({"type":"trafficLog"})"});
  CHECK(bench.it->may_receive());
}

TEST_CASE("hello comes without a hub, too") {
  subscriber_bench bench;
  bench.host->answer_replay(std::nullopt);
  CHECK(bench.messages().at(0).find(R"("epoch":0,"seq":0)") != std::string::npos);
}

TEST_CASE("who subscribes, or does not want to, gets no messages of the old dashboard any more") {
  for (auto type : {"subscribe", "unsubscribe"}) {
    subscriber_bench bench;
    bench.greet();
    CHECK(bench.it->only_listens());
    bench.it->received(R"({"type":")" + std::string{type} + "\"}");
    CHECK_FALSE(bench.it->only_listens());
    bench.it->tell("{}");
    for (const auto& each : bench.messages())
      CHECK(each != "{}");
  }
}

TEST_CASE("who only listens and is 1,024 messages late is sent away, counted once") {
  subscriber_bench bench;
  bench.greet();
  for (std::size_t i = 0; i < limits::dashboard_queue_messages; ++i)
    bench.it->tell("{}");
  CHECK_FALSE(bench.it->ending_wanted());
  bench.it->tell("{}");
  bench.it->tell("{}");
  REQUIRE(bench.it->ending_wanted());
  CHECK(bench.it->ending_wanted()->code == 1013);
  CHECK(bench.host->cut_offs == std::vector{cut_off::too_slow});
}

// -- requests

TEST_CASE("a result has the id of its request, whatever it is") {
  subscriber_bench bench;
  bench.greet();
  bench.it->received(R"({"type":"ping","id":18446744073709551615})");
  bench.it->received(R"({"type":"ping","id":"a b"})");
  bench.it->received(R"({"type":"ping"})");
  CHECK(bench.messages()
        == texts{R"({"type":"result","id":18446744073709551615,"ok":true})",
                 R"({"type":"result","id":"a b","ok":true})",
                 R"({"type":"result","id":null,"ok":true})"});
}

TEST_CASE("a request that is refused says why, with its id when that could be read") {
  subscriber_bench bench{access_scope::command};
  bench.greet();
  bench.it->received("hello");
  bench.it->received(R"({"type":"ping","id":3,"more":1})");
  bench.it->received(R"({"type":"reset_root","id":4})");
  bench.it->received(R"({"type":"send","id":5,"node":5,"text":"x","mesh":"other"})");
  auto all = bench.messages();
  REQUIRE(all.size() == 4);
  auto kind = [&](std::size_t i) {
    return std::string{json::parse(all[i]).at("error").at("type").as_string()};
  };
  CHECK(kind(0) == "urn:xylem:bad-request");
  CHECK(all[1].starts_with(R"({"type":"result","id":3,"ok":false,"error":)"));
  CHECK(kind(2) == "urn:xylem:scope-missing");
  CHECK(kind(3) == "urn:xylem:mesh-not-found");
  CHECK(bench.host->submitted.empty());
}

TEST_CASE("requests wait for a read while 64 are not answered or their answers not taken") {
  subscriber_bench bench;
  bench.greet();
  for (std::size_t i = 0; i < limits::web_requests_under_way; ++i) {
    CHECK(bench.it->may_receive());
    bench.it->received(i % 2 == 0 ? R"({"type":"ping"})" : R"({"type":"network_info"})");
  }
  CHECK_FALSE(bench.it->may_receive());
  bench.it->next();
  CHECK(bench.it->may_receive());
}

// -- commands

TEST_CASE("a command is answered, and its further states are told, subscribed or not") {
  subscriber_bench bench;
  bench.greet();
  bench.accept(17);
  auto result = bench.messages();
  REQUIRE(result.size() == 1);
  CHECK(result[0].starts_with(R"({"type":"result","id":8,"ok":true,"command":)" + accepted_17));
  bench.tell_command(17, command_state::accepted); // is known
  CHECK(bench.messages().empty());
  bench.tell_command(18, command_state::written); // somebody else's
  CHECK(bench.messages().empty());
  bench.tell_command(17, command_state::written);
  auto told = bench.messages();
  REQUIRE(told.size() == 1);
  auto tree = json::parse(told[0]).as_object();
  CHECK(tree.at("type").as_string() == "command");
  CHECK(tree.at("id").as_int64() == 8);
  CHECK(tree.at("command").at("state").as_string() == "written");
  CHECK(tree.at("command").at("finished").is_string());
  bench.tell_command(17, command_state::written);
  CHECK(bench.messages().empty());
}

TEST_CASE("an expired command may turn out to be written") {
  subscriber_bench bench;
  bench.greet();
  bench.accept(17);
  bench.messages();
  bench.tell_command(17, command_state::expired);
  bench.tell_command(17, command_state::written);
  CHECK(bench.messages().size() == 2);
}

TEST_CASE("a failed command tells why, in text that is JSON whatever it was") {
  subscriber_bench bench;
  bench.greet();
  bench.accept(17);
  bench.messages();
  bench.tell_command(17, command_state::failed, "No \"Luck\"\xFF\n");
  auto told = bench.messages();
  REQUIRE(told.size() == 1);
  CHECK(json::parse(told[0]).at("command").at("error").as_string().starts_with("No \"Luck\""));
}

TEST_CASE("a command that nobody answers any more is refused") {
  subscriber_bench bench;
  bench.greet();
  bench.it->received(R"({"type":"network_info","id":1})");
  bench.host->submitted.front().second({mesh_index{0}, problem{problem_kind::not_available}});
  CHECK(bench.messages().at(0).find("urn:xylem:not-available") != std::string::npos);
}

// -- events

TEST_CASE("the result of a subscription tells from where, and events follow it") {
  subscriber_bench bench;
  bench.greet();
  bench.subscribe();
  bench.publish(41);
  CHECK(bench.messages().empty());
  bench.begin(41);
  bench.publish(42);
  CHECK(bench.messages()
        == texts{R"({"type":"result","id":9,"ok":true,"epoch":5,"seq":41})",
                 R"({"type":"events","cursor":{"epoch":5,"seq":42},"events":[5.42]})"});
  CHECK(bench.has_sums());
}

TEST_CASE("a subscription that gives a cursor gets what came after it, in pages") {
  subscriber_bench bench;
  bench.greet();
  bench.subscribe(R"(,"cursor":{"epoch":5,"seq":38})");
  CHECK(bench.host->replays.at(0).first.from == cursor{epoch, 38});
  bench.host->answer_replay(replay_page{.events = {{.seq = 39, .kind = event_kind::message}},
                                        .reached = {epoch, 39},
                                        .complete = false});
  CHECK(bench.messages().size() == 2); // the result, and what was replayed
  CHECK(bench.host->replays.at(0).first.from == cursor{epoch, 39});
  bench.begin(41);
  bench.publish(42);
  CHECK(bench.messages().at(0).find("[5.42]") != std::string::npos);
}

TEST_CASE("at most 64 events are one message") {
  subscriber_bench bench;
  bench.greet();
  bench.subscribe();
  bench.begin(0);
  for (std::uint64_t seq = 1; seq <= 65; ++seq)
    bench.publish(seq);
  auto all = bench.messages();
  REQUIRE(all.size() == 3);
  CHECK(json::parse(all[1]).at("cursor").at("seq").as_int64() == 64);
  CHECK(json::parse(all[2]).at("cursor").at("seq").as_int64() == 65);
}

TEST_CASE("a hub that does not answer is asked again with the next tick") {
  subscriber_bench bench;
  bench.greet();
  bench.subscribe();
  bench.host->answer_replay(std::nullopt);
  CHECK(bench.host->replays.empty());
  bench.advance(1s);
  CHECK(bench.host->replays.size() == 1);
  bench.begin();
  CHECK(bench.messages().size() == 1);
}

TEST_CASE("a new hub is asked for what came after the last event, the old one is not heard") {
  subscriber_bench bench;
  bench.greet();
  bench.subscribe();
  bench.begin(41);
  bench.messages();
  bench.it->hub_restarted();
  REQUIRE(bench.host->replays.size() == 1);
  CHECK(bench.host->replays[0].first.from == cursor{epoch, 41});
  bench.it->hub_restarted(); // once more, before that one has answered
  REQUIRE(bench.host->replays.size() == 2);
  bench.host->answer_replay(replay_page{.events = {{.seq = 1, .kind = event_kind::message}},
                                        .reached = {epoch + 1, 1},
                                        .complete = true});
  CHECK(bench.messages().empty());
  bench.host->answer_replay(
    replay_page{.gap = make_gap_event({1, 0, 0, "other epoch"}, {}),
                .events = {{.seq = 1, .kind = event_kind::message}},
                .reached = {epoch + 2, 1},
                .complete = true});
  auto all = bench.messages();
  REQUIRE(all.size() == 2);
  CHECK(all[0].find(R"("cursor":{"epoch":7,"seq":0})") != std::string::npos);
  CHECK(all[1].find("[7.1]") != std::string::npos);
}

TEST_CASE("a new subscription replaces the one before, whose sums are kept") {
  subscriber_bench bench;
  bench.greet();
  bench.subscribe();
  bench.begin(41);
  bench.publish(42);
  bench.publish(43);
  CHECK(bench.it->subscriber()->counters.queued == 2);
  bench.it->received(
    R"({"type":"subscribe","id":10,"snapshot":false,"policy":"latest","kinds":["incident"]})");
  CHECK(bench.host->ended_streams.published == 2);
  CHECK(bench.it->subscriber()->policy == subscriber_policy::latest);
  bench.begin(43);
  bench.publish(44);
  auto all = bench.messages();
  REQUIRE(all.size() == 2); // both results, no events
  CHECK(all[1].starts_with(R"({"type":"result","id":10,)"));
}

TEST_CASE("after unsubscribe there are no events, and nobody follows") {
  subscriber_bench bench;
  bench.greet();
  bench.subscribe();
  bench.begin(41);
  bench.publish(42);
  auto changes = bench.host->listener_changes;
  bench.it->received(R"({"type":"unsubscribe","id":10})");
  CHECK_FALSE(bench.it->subscriber());
  CHECK(bench.host->listener_changes > changes);
  bench.publish(43);
  auto all = bench.messages();
  REQUIRE(all.size() == 2);
  CHECK(all[1] == R"({"type":"result","id":10,"ok":true})");
}

TEST_CASE("a subscription that is replaced before it began does not block requests") {
  subscriber_bench bench;
  bench.greet();
  for (auto i = 0; i < 200; ++i)
    bench.subscribe();
  bench.it->received(R"({"type":"unsubscribe"})");
  bench.messages();
  for (std::size_t i = 0; i + 1 < limits::web_requests_under_way; ++i)
    bench.it->received(R"({"type":"network_info"})");
  CHECK(bench.it->may_receive());
  while (!bench.host->replays.empty())
    bench.begin();
  CHECK(bench.messages().empty());
}

TEST_CASE("what cannot be delivered in time ends the subscription by its policy, counted once") {
  subscriber_bench bench;
  bench.greet();
  bench.subscribe(R"(,"snapshot":false,"policy":"disconnect")");
  bench.begin(0);
  for (std::uint64_t seq = 1; seq <= limits::subscriber_queue_events + 10; ++seq)
    bench.publish(seq);
  REQUIRE(bench.it->ending_wanted());
  CHECK(bench.it->ending_wanted()->code == 1013);
  CHECK(bench.host->cut_offs == std::vector{cut_off::too_slow});
  CHECK(bench.has_sums());
}

// -- snapshots

TEST_CASE("a snapshot is fetched page by page, and each is a message") {
  subscriber_bench bench;
  bench.greet();
  bench.subscribe("");
  bench.begin(41);
  REQUIRE(bench.host->questions.size() == 1);
  CHECK(bench.host->questions[0].second.asked.about == json_query::subject::snapshot);
  bench.host->answer_question(*bench.it, R"("nodes":[{"address":5}])", {.next = 5});
  auto first = bench.messages();
  REQUIRE(first.size() == 2);
  CHECK(first[1] == R"({"type":"snapshot","mesh":"field","nodes":[{"address":5}],"last":false})");
  bench.host->answer_question(*bench.it, R"("nodes":[])");
  CHECK(bench.messages() == texts{R"({"type":"snapshot","mesh":"field","nodes":[],"last":true})"});
  CHECK(bench.host->questions.empty());
}

TEST_CASE("a node cache that does not answer for 5 s leaves its page empty, for good") {
  subscriber_bench bench;
  bench.greet();
  bench.subscribe("");
  bench.begin(41);
  bench.advance(4s);
  CHECK(bench.messages().size() == 1);
  bench.advance(1s);
  CHECK(bench.messages() == texts{R"({"type":"snapshot","mesh":"field","nodes":[],"last":true})"});
  bench.host->answer_question(*bench.it, R"("nodes":[{"late":true}])");
  CHECK(bench.messages().empty());
}

TEST_CASE("a page for an earlier subscription is not one of the next") {
  subscriber_bench bench;
  bench.greet();
  bench.subscribe("");
  bench.begin(41); // its page is asked for
  bench.subscribe("");
  bench.begin(41);
  REQUIRE(bench.host->questions.size() == 2);
  bench.host->answer_question(*bench.it, R"("nodes":[{"old":true}])");
  CHECK(bench.messages().size() == 2); // the results of both
  bench.host->answer_question(*bench.it, R"("nodes":[{"new":true}])");
  CHECK(bench.messages().at(0).find("new") != std::string::npos);
}

// -- the end

TEST_CASE("the first reason to end is the one that is told") {
  subscriber_bench bench;
  bench.it->finish();
  bench.it->revoke();
  CHECK(bench.it->ending_wanted()->code == 1001);
  CHECK(bench.host->cut_offs.empty());
}

TEST_CASE("who is detached follows nothing, wakes nobody, and its sums are kept") {
  subscriber_bench bench;
  bench.greet();
  bench.subscribe();
  bench.begin(41);
  bench.publish(42);
  bench.it->next();
  bench.it->next();
  bench.publish(43);
  bench.it->detach();
  auto wakes = bench.wakes;
  CHECK(bench.host->ended_streams.published == 2);
  CHECK(bench.host->ended_streams.delivered == 1);
  bench.publish(44);
  bench.it->tell("{}");
  bench.it->hub_restarted();
  bench.advance(10s);
  CHECK(bench.wakes == wakes);
  CHECK_FALSE(bench.it->subscriber());
}
