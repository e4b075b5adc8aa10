// The gate as its gateway sees it: a test says what the gate says, the gateway is a whole one.
#include "actors/error.hpp"
#include "actors/remote/gate_configuration.hpp"
#include "protocol/iso_time.hpp"
#include "tests/actors/gate_script.hpp"
#include "tests/actors/gateway_bench.hpp"

#include <boost/json/parse.hpp>

using namespace xylem;
using namespace xylem::testing;

namespace {

struct gate_bench : gateway_bench {
  gate_bench() {
    settings.monitor.name = "north";
    settings.monitor.listen = {"127.0.0.1", 0};
    settings.monitor.allow = {{"office", access_scope::command}, {"laptop", access_scope::read}};
    world.env.instance = {99};
    world.env.start_gate = gates.starter();
  }

  /// The gateway runs, and its gate listens.
  void start_listening() {
    start();
    say(gate_frame_kind::listening, 0, encode(gate_listening{7655}));
  }

  /// Whatever it is answered is there to be taken.
  void say(gate_frame_kind kind, std::uint64_t id, std::string_view body) {
    gates.last().say(kind, id, body);
    world.run();
  }

  gate_frame frame(gate_frame_kind kind) {
    std::optional<gate_frame> found;
    CHECK(world.until([&] { return (found = gates.last().take(kind)) || gates.last().killed; }));
    REQUIRE(found);
    return *found;
  }

  template <class Message>
  void pose(std::uint64_t id, question_kind kind, const Message& what,
            const std::string& who = "office") {
    say(gate_frame_kind::question, id, encode(gate_question{who, kind, encode(what)}));
  }

  template <class Answer, class Message>
  Answer ask(question_kind kind, const Message& what, const std::string& who = "office") {
    pose(++last_id, kind, what, who);
    auto answered = frame(gate_frame_kind::answer);
    CHECK(answered.id == last_id);
    auto answer = decode<Answer>(answered.body);
    REQUIRE(answer);
    return *answer;
  }

  void follow(std::optional<cursor> from, std::uint32_t pages) {
    say(gate_frame_kind::follow, 0, encode(gate_follow{from, pages}));
  }

  event_page page() {
    auto fed = decode<event_page>(frame(gate_frame_kind::feed).body);
    REQUIRE(fed);
    return *fed;
  }

  bool is_fed() {
    world.run();
    return gates.last().take(gate_frame_kind::feed).has_value();
  }

  cursor newest() { return ask<gateway_hello>(question_kind::hello, monitor_hello{}).newest; }

  void tell_messages(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      ports.last().deliver(root_frame(5, "[M]", hex("05") + "hello"));
    world.run();
  }

  std::uint64_t last_id = 0;
  gate_script gates;
};

std::vector<std::uint64_t> numbers(const event_page& page) {
  std::vector<std::uint64_t> all;
  for (const auto& each : page.events)
    all.push_back(each.seq);
  return all;
}

} // namespace

// -- what a gate is told first

TEST_CASE("a gate is told first of all what it shall be") {
  gate_bench bench;
  bench.start();
  auto told = parse_gate_configuration(bench.frame(gate_frame_kind::configure).body);
  REQUIRE(told);
  CHECK(*told == gate_configuration_of(bench.settings.monitor, {99}));
}

TEST_CASE("there is no gate when nobody may follow") {
  gate_bench bench;
  bench.settings.monitor.listen = {};
  bench.start();
  CHECK(bench.gates.lives.empty());
}

TEST_CASE("a gate is told when other names may follow") {
  gate_bench bench;
  bench.start_listening();
  bench.frame(gate_frame_kind::configure);
  caf::anon_send(bench.it, allow_list{{{"field-office", access_scope::read}}});
  auto told = parse_gate_configuration(bench.frame(gate_frame_kind::configure).body);
  REQUIRE(told);
  CHECK(told->allow == std::vector<allowed_monitor>{{"field-office", access_scope::read}});
}

// -- what it asks

TEST_CASE("hello tells who the gateway is, what it has and where its events are") {
  gate_bench bench;
  bench.settings.meshes[0].data_types.push_back(
    {.code = type_code{"TMP"}, .fields = {{.name = "celsius"}}});
  bench.start_listening();
  bench.tell_messages(1);
  auto hello = bench.ask<gateway_hello>(question_kind::hello, monitor_hello{.name = "office"});
  CHECK(hello.name == "north");
  CHECK(hello.refused.empty());
  CHECK(hello.instance == instance_id{99});
  CHECK(hello.serves == std::vector{instance_id{99}});
  CHECK(hello.scope == access_scope::command);
  CHECK(hello.now == bench.world.clock.now().wall);
  CHECK(hello.newest.seq > 0);
  REQUIRE(hello.meshes.size() == 1);
  CHECK(hello.meshes[0].name == "field");
  CHECK(hello.meshes[0].link == link_state::up);
  CHECK(hello.meshes[0].types == bench.settings.meshes[0].data_types);
  auto other = bench.ask<gateway_hello>(question_kind::hello, monitor_hello{}, "laptop");
  CHECK(other.scope == access_scope::read);
}

TEST_CASE("a link that is down is told with its reason") {
  gate_bench bench;
  bench.start_listening();
  bench.kill_uart();
  bench.ports.last().lose("unplugged");
  bench.world.run();
  auto hello = bench.ask<gateway_hello>(question_kind::hello, monitor_hello{});
  REQUIRE(hello.meshes.size() == 1);
  CHECK(hello.meshes[0].link == link_state::down);
  CHECK_FALSE(hello.meshes[0].link_reason.empty());
}

TEST_CASE("a ping is answered with what is served") {
  gate_bench bench;
  bench.start_listening();
  auto answer = bench.ask<pong>(question_kind::ping, ping{77});
  CHECK(answer.nonce == 77);
  CHECK(answer.serves == std::vector{instance_id{99}});
  CHECK(answer.generation
        == bench.ask<gateway_hello>(question_kind::hello, monitor_hello{}).generation);
}

TEST_CASE("nodes come with the cursor of before they were read") {
  gate_bench bench;
  bench.start_listening();
  bench.tell_messages(1);
  auto page = bench.ask<nodes_page>(question_kind::nodes, nodes_query{});
  CHECK(page.problem.empty());
  CHECK(page.complete);
  REQUIRE(page.nodes.size() == 1);
  CHECK(page.nodes[0].known.address == node_address{5});
  CHECK(page.nodes[0].status == node_status::active);
  CHECK(page.at == bench.newest());
  auto none = bench.ask<nodes_page>(question_kind::nodes, nodes_query{.mesh = {7}});
  CHECK_FALSE(none.problem.empty());
}

TEST_CASE("status, metrics and incidents are those of the gateway") {
  gate_bench bench;
  bench.start_listening();
  auto report_of = [&](report_kind kind) {
    auto told = bench.ask<report>(question_kind::report, report_query{kind, 0, 10});
    CHECK(told.kind == kind);
    CHECK(told.problem.empty());
    return told.content;
  };
  CHECK(boost::json::parse(report_of(report_kind::status)).at("state") == "ok");
  CHECK(report_of(report_kind::metrics).find("xylem_up") != std::string::npos);
  bench.kill_cache();
  auto incidents = boost::json::parse(report_of(report_kind::incidents));
  CHECK(incidents.at("incidents").as_array().size() == 1);
}

TEST_CASE("a command is accepted from who may, and what became of it can be asked") {
  gate_bench bench;
  bench.start_listening();
  remote_command hi{
    {}, {.kind = command_kind::send, .node = {5}, .message = copy_of(view_of("hi"))}};
  auto answer = bench.ask<remote_command_answer>(question_kind::command, hi);
  REQUIRE(std::holds_alternative<saved_command>(answer.result));
  auto id = std::get<saved_command>(answer.result).id;
  CHECK(bench.ports.last().written.ends_with(send_frame(5, "hi")));
  auto later = bench.ask<remote_command_answer>(question_kind::command_state,
                                                remote_command_query{id});
  REQUIRE(std::holds_alternative<saved_command>(later.result));
  CHECK(std::get<saved_command>(later.result).state == command_state::written);
  auto unknown = bench.ask<remote_command_answer>(question_kind::command_state,
                                                  remote_command_query{{id.value + 100}});
  REQUIRE(std::holds_alternative<problem>(unknown.result));
  CHECK(std::get<problem>(unknown.result).kind == problem_kind::command_not_found);
}

TEST_CASE("whatever the gate says, a name that may only read sends no command") {
  gate_bench bench;
  bench.start_listening();
  remote_command clean{{}, {.kind = command_kind::clean}};
  for (auto who : {"laptop", "stranger"}) {
    auto answer = bench.ask<remote_command_answer>(question_kind::command, clean, who);
    REQUIRE(std::holds_alternative<problem>(answer.result));
    CHECK(std::get<problem>(answer.result).kind == problem_kind::scope_missing);
  }
  clean.mesh = {9};
  auto answer = bench.ask<remote_command_answer>(question_kind::command, clean);
  CHECK(std::get<problem>(answer.result).kind == problem_kind::mesh_not_found);
}

// -- events

TEST_CASE("events are fed in order from the cursor on, then as they happen, and only with credit") {
  gate_bench bench;
  bench.start_listening();
  bench.tell_messages(3);
  auto newest = bench.newest();
  bench.follow(cursor{newest.epoch, 0}, 2);
  auto first = bench.page();
  CHECK_FALSE(first.gap);
  CHECK(numbers(first).front() == 1);
  CHECK(first.reached == newest);
  bench.tell_messages(1);
  auto second = bench.page();
  CHECK(numbers(second).front() == newest.seq + 1);
  bench.tell_messages(2); // the credit is used up
  CHECK_FALSE(bench.is_fed());
  bench.say(gate_frame_kind::more, 0, encode(gate_more{1}));
  auto third = bench.page();
  CHECK(numbers(third).front() == second.reached.seq + 1);
  CHECK(third.reached == bench.newest());
}

TEST_CASE("pages are fed without a timer each: those would cost more than the pages") {
  gate_bench bench;
  bench.start_listening();
  bench.follow(std::nullopt, 8);
  bench.page();
  auto timers = bench.world.timers();
  for (auto i = 0; i < 5; ++i) {
    bench.tell_messages(1);
    bench.page();
  }
  CHECK(bench.world.timers() == timers);
}

TEST_CASE("without a cursor a gate is told where the events are, and gets what is new") {
  gate_bench bench;
  bench.start_listening();
  bench.tell_messages(3);
  bench.follow(std::nullopt, 8);
  auto first = bench.page();
  CHECK(first.events.empty());
  CHECK(first.reached == bench.newest());
  bench.tell_messages(1);
  CHECK(numbers(bench.page()).front() == first.reached.seq + 1);
}

TEST_CASE("a hub that is restarted: the feed goes on from the same cursor, with a gap") {
  gate_bench bench;
  bench.start_listening();
  bench.tell_messages(3);
  bench.follow(std::nullopt, 8);
  auto before = bench.page().reached;
  bench.kill_hub();
  auto page = bench.page();
  REQUIRE(page.gap);
  CHECK(page.reached.epoch > before.epoch);
  bench.tell_messages(1);
  CHECK(bench.page().reached == bench.newest());
}

TEST_CASE("what the gate has forgotten is replayed as it asks: filtered, and at most so many") {
  gate_bench bench;
  bench.start_listening();
  bench.tell_messages(10);
  auto newest = bench.newest();
  gate_replay asked{.from = {newest.epoch, 0},
                    .filter = {.kinds = {event_kind::message}},
                    .max_events = 0xFFFF'FFFF};
  bench.say(gate_frame_kind::replay, 12, encode(asked));
  auto answered = bench.frame(gate_frame_kind::answer);
  CHECK(answered.id == 12);
  auto page = decode<event_page>(answered.body);
  REQUIRE(page);
  CHECK(page->events.size() == 10);
  CHECK(page->reached == newest);
}

// -- how it fails

namespace {

/// The gate was ended, and another one is started within 2 s.
void check_started_anew(gate_bench& bench, std::string_view cause) {
  CHECK(bench.gates.lives.size() == 1);
  CHECK(bench.gates.last().killed);
  auto incidents = bench.incidents();
  REQUIRE(incidents.size() == 1);
  CHECK(incidents[0]["actor"] == "monitor_gate");
  CHECK(incidents[0]["cause"].as_string().starts_with(cause));
  CHECK(incidents[0]["end"].is_null());
  bench.world.advance(2s);
  REQUIRE(bench.gates.lives.size() == 2);
  bench.frame(gate_frame_kind::configure);
  bench.say(gate_frame_kind::listening, 0, encode(gate_listening{7655}));
  CHECK_FALSE(bench.incidents()[0]["end"].is_null());
  CHECK(bench.child("monitor_gate")["state"] == "running");
  CHECK(number(bench.child("monitor_gate"), "restarts") == 1);
}

} // namespace

TEST_CASE("a frame that is wrong ends the gate, and another one is started") {
  struct wrong_frame {
    gate_frame_kind kind;
    std::string body;
  };
  const wrong_frame cases[]{
    {gate_frame_kind::configure, ""}, // that is for the gateway to say
    {gate_frame_kind::listening, "1"},
    {gate_frame_kind::follow, ""},
    {gate_frame_kind::more, "123"},
    {gate_frame_kind::replay, "x"},
    {gate_frame_kind::question, encode(gate_question{"office", question_kind::ping, "short"})},
    {gate_frame_kind::state, "[]"},
    {gate_frame_kind::log, ""},
  };
  for (const auto& [kind, body] : cases) {
    CAPTURE(static_cast<int>(kind));
    gate_bench bench;
    bench.start_listening();
    bench.say(kind, 1, body);
    check_started_anew(bench, "it has said what it may not");
  }
}

TEST_CASE("what is no frame ends the gate") {
  gate_bench bench;
  bench.start_listening();
  bench.gates.last().say_bytes(hex("FF FF FF FF"));
  bench.world.run();
  check_started_anew(bench, "it has said what is no frame");
}

TEST_CASE("more than 32 questions under way end the gate") {
  gate_bench bench;
  bench.start_listening();
  std::string all;
  for (std::uint64_t id = 0; id <= 32; ++id)
    append_gate_frame(all, gate_frame_kind::question, id,
                      encode(gate_question{"office", question_kind::nodes, encode(nodes_query{})}));
  bench.gates.last().say_bytes(all);
  bench.world.run();
  check_started_anew(bench, "it has said what it may not");
}

TEST_CASE("a gate that says nothing for 10 s is ended, one that tells its state is not") {
  gate_bench bench;
  bench.start_listening();
  for (auto i = 0; i < 20; ++i) {
    bench.world.advance(1s);
    bench.say(gate_frame_kind::state, 0, "{}");
  }
  CHECK_FALSE(bench.gates.last().killed);
  bench.world.advance(9s);
  CHECK_FALSE(bench.gates.last().killed);
  bench.world.advance(1s);
  CHECK(bench.gates.lives.front()->killed);
  CHECK(bench.incidents().at(0)["cause"] == "it has not said anything for 10 s");
}

TEST_CASE("a gate that ends is an incident that tells how, and clients notice nothing") {
  gate_bench bench;
  bench.start_listening();
  auto client = bench.client();
  CHECK(static_cast<gateway_bench&>(bench).ask(client, "ACT-C", 3) == "S" + big16(0));
  bench.gates.last().end("signal 9 (Killed)");
  bench.world.run();
  check_started_anew(bench, "signal 9 (Killed)");
  CHECK(static_cast<gateway_bench&>(bench).ask(client, "ACT-C", 3) == "S" + big16(0));
}

TEST_CASE("a gate that only closes its socket is ended a second later") {
  gate_bench bench;
  bench.start_listening();
  bench.gates.last().close_socket();
  bench.world.run();
  CHECK_FALSE(bench.gates.last().killed);
  bench.world.advance(1s);
  check_started_anew(bench, "it has closed its end of the socket");
}

TEST_CASE("a gate that ends again and again is waited for up to 2 s, and costs no budget") {
  gate_bench bench;
  bench.start_listening();
  for (auto i = 0; i < 30; ++i) {
    bench.gates.last().end("exit status 1");
    bench.world.advance(2s);
  }
  CHECK(bench.gates.lives.size() == 31);
  CHECK(bench.status()["state"] == "ok");
  CHECK(bench.incidents().size() == 1); // it has not listened since
}

TEST_CASE("a gateway whose gate cannot listen does not start, and says why") {
  gate_bench bench;
  bench.start();
  bench.say(gate_frame_kind::log, 0, encode(gate_line{3, "address already in use"}));
  bench.gates.last().end("exit status 1");
  bench.world.run();
  REQUIRE(*bench.end);
  CHECK(is(**bench.end, gateway_error::cannot_serve));
  CHECK(describe(**bench.end)
        == "monitors cannot connect to 127.0.0.1:0: address already in use");
}

TEST_CASE("a gate that could listen once is waited for when it cannot later") {
  gate_bench bench;
  bench.start_listening();
  bench.gates.last().end("signal 11 (Segmentation fault)");
  bench.world.advance(2s);
  bench.say(gate_frame_kind::log, 0, encode(gate_line{3, "address already in use"}));
  bench.gates.last().end("exit status 1");
  bench.world.advance(2s);
  CHECK_FALSE(*bench.end);
  CHECK(bench.gates.lives.size() == 3);
  CHECK(bench.world.count_in_log("address already in use") >= 1);
}

TEST_CASE("a gate is asked to end when the gateway does") {
  gate_bench bench;
  bench.start_listening();
  bench.stop();
  bench.frame(gate_frame_kind::end);
  CHECK_FALSE(*bench.end);
  bench.gates.last().end("exit status 0");
  bench.world.run();
  CHECK(*bench.end == caf::exit_reason::user_shutdown);
  CHECK(bench.world.count_in_log("ended by force") == 0);
}

TEST_CASE("a gate that does not end when it is asked to does not keep the gateway") {
  gate_bench bench;
  bench.start_listening();
  bench.stop();
  bench.world.advance(1500ms);
  CHECK(bench.gates.last().killed);
  CHECK(*bench.end == caf::exit_reason::user_shutdown);
}

// -- what it tells of itself

TEST_CASE("what a gate tells of itself is in the status") {
  gate_bench bench;
  bench.start_listening();
  bench.say(gate_frame_kind::state, 0,
            R"({"port": 7655, "connections": [{"name": "office", "address": "192.0.2.7:4711",
            "since": "2023-11-14T22:13:20Z", "sent": 5}], "accepted": 1, "refused": {"expired": 2}})");
  auto gate = bench.status()["monitor_gate"].as_object();
  CHECK(gate["state"] == "listening");
  CHECK(gate["port"] == 7655);
  CHECK(gate["pid"] == 4711);
  CHECK(gate["connections"].at(0).at("name") == "office");
  CHECK(number(gate, "refused/expired") == 2);
}

TEST_CASE("lines of a gate are in the log of the gateway, but not a flood of them") {
  gate_bench bench;
  bench.start_listening();
  for (auto i = 0; i < 100; ++i)
    bench.say(gate_frame_kind::log, 0, encode(gate_line{2, "refused " + std::to_string(i)}));
  CHECK(bench.world.count_in_log("refused 1") >= 1);
  CHECK(bench.world.count_in_log("refused ") == 20);
  bench.world.advance(1s);
  CHECK(bench.world.count_in_log("some are left out") == 1);
}

TEST_CASE("a certificate that expires soon is told once") {
  gate_bench bench;
  bench.start_listening();
  auto soon = iso_time(bench.world.clock.now().wall + 24h * 6);
  for (auto i = 0; i < 3; ++i)
    bench.say(gate_frame_kind::state, 0,
              R"({"certificates": [{"file": "/c.pem", "name": "north", "not_after": ")" + soon
                + "\"}]}");
  CHECK(bench.world.count_in_log("a certificate expires soon") == 1);
}
