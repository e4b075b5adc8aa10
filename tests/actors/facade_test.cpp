#include "gate_bench.hpp"

#include <numeric>

using namespace xylem;
using namespace xylem::testing;

namespace {

using pki::certificate_use;

/// A gate that listens, and the certificates of two monitors.
struct open_gate : gate_bench {
  open_gate() { begin(); }

  tls_files office{node("office", certificate_use::monitor)};
  tls_files control{node("control", certificate_use::monitor)};
};

monitor_subscription all_from(std::optional<cursor> from, std::uint32_t credit) {
  return {.serial = 1, .from = from, .credit = credit};
}

std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> all(last - first + 1);
  std::iota(all.begin(), all.end(), first);
  return all;
}

} // namespace

// -- questions

TEST_CASE_FIXTURE(open_gate, "a monitor that says hello learns who the gateway is, and its scope") {
  test_monitor reader{*this, office};
  auto hello = reader.follow();
  CHECK(hello.refused.empty());
  CHECK(hello.name == "north");
  CHECK(hello.scope == access_scope::read);
  CHECK(hello.meshes == hello_of_north().meshes);
  REQUIRE(gateway.asked.size() == 1);
  CHECK(gateway.asked[0].who == "office");
  test_monitor commander{*this, control};
  CHECK(commander.follow().scope == access_scope::command);
}

TEST_CASE_FIXTURE(open_gate, "a monitor of another version is told so, then sent away") {
  test_monitor reader{*this, office};
  REQUIRE(reader.connect());
  auto hello = reader.ask<gateway_hello>(monitor_hello{.protocol = 2, .name = "office"});
  CHECK(hello.refused == "this gate speaks protocol 1");
  CHECK(hello.protocol == 1);
  CHECK(hello.name == "north");
  run_until([&] { return reader.is_closed(); });
  CHECK(gateway.asked.empty());
}

TEST_CASE_FIXTURE(open_gate, "whoever says anything before hello is sent away") {
  test_monitor reader{*this, office};
  REQUIRE(reader.connect());
  reader.got.ask<pong>(ping{1}, [](const pong&) {});
  run_until([&] { return reader.is_closed(); });
  CHECK(refused("violation") == 1);
  CHECK(gateway.asked.empty());
}

TEST_CASE_FIXTURE(open_gate, "whoever says nothing within 5 s is sent away") {
  test_monitor reader{*this, office};
  REQUIRE(reader.connect());
  clock.ahead += 5s;
  run_until([&] { return reader.is_closed(); });
  CHECK(refused("handshake_too_late") == 1);
}

TEST_CASE_FIXTURE(open_gate, "questions are answered by the gateway") {
  test_monitor reader{*this, office};
  reader.follow();
  CHECK(reader.ask<nodes_page>(nodes_query{}).complete);
  CHECK(reader.ask<report>(report_query{}).content == "all is well");
  auto pong_of_3 = reader.ask<pong>(ping{3});
  CHECK(pong_of_3.nonce == 3);
  CHECK(pong_of_3.generation == 9);
  auto found = reader.ask<remote_command_answer>(remote_command_query{command_id{42}});
  CHECK(std::get<saved_command>(found.result).state == command_state::written);
}

TEST_CASE_FIXTURE(open_gate, "commands need the scope for them: the gateway sees no others") {
  test_monitor reader{*this, office};
  reader.follow();
  auto asked = gateway.asked.size();
  auto refusal = reader.ask<remote_command_answer>(remote_command{});
  CHECK(std::get<problem>(refusal.result).kind == problem_kind::scope_missing);
  CHECK(gateway.asked.size() == asked);
  test_monitor commander{*this, control};
  commander.follow();
  auto taken = commander.ask<remote_command_answer>(remote_command{});
  CHECK(std::get<saved_command>(taken.result).id == command_id{42});
}

TEST_CASE_FIXTURE(open_gate, "16 questions may be under way, with the 17th the connection ends") {
  test_monitor reader{*this, office};
  reader.follow();
  gateway.answers = [](const gate_question&) { return std::nullopt; };
  for (auto i = 0; i < 16; ++i)
    reader.got.ask<report>(report_query{}, [](const report&) {});
  run_until([&] { return gateway.asked.size() == 17; });
  CHECK_FALSE(reader.is_closed());
  reader.got.ask<report>(report_query{}, [](const report&) {});
  run_until([&] { return reader.is_closed(); });
  CHECK(refused("violation") == 1);
  CHECK(gateway.asked.size() == 17);
}

TEST_CASE_FIXTURE(open_gate, "an answer that is none is told as a problem, and others go on") {
  test_monitor reader{*this, office};
  reader.follow();
  gateway.answers = [](const gate_question&) { return std::string{"\1"}; };
  CHECK(reader.ask<report>(report_query{}).problem == "the gateway does not answer");
  CHECK(reader.ask<nodes_page>(nodes_query{}).problem == "the gateway does not answer");
  CHECK(reader.ask<pong>(ping{5}).nonce == 5); // known from hello
  CHECK(reader.ask<pong>(ping{5}).serves == hello_of_north().serves);
}

TEST_CASE_FIXTURE(open_gate, "who says more than 200 messages at once is sent away") {
  test_monitor reader{*this, office};
  reader.follow();
  for (auto i = 0; i < 300; ++i)
    reader.grant(1, 1);
  run_until([&] { return reader.is_closed(); });
  CHECK(refused("too_many_messages") == 1);
}

// -- events

TEST_CASE_FIXTURE(open_gate, "events come in order, each once, as long as there is credit") {
  test_monitor reader{*this, office};
  reader.follow();
  auto begin = reader.ask<subscription_answer>(all_from(std::nullopt, 10));
  CHECK(begin.problem.empty());
  CHECK(begin.newest == gateway.newest());
  gateway.happen(100);
  run_until([&] { return reader.got.events() == 10; });
  reader.ask<pong>(ping{1}); // whatever was sent has come
  CHECK(reader.got.events() == 10);
  reader.grant(1, 50);
  run_until([&] { return reader.got.events() == 60; });
  reader.grant(2, 50); // of no subscription
  reader.ask<pong>(ping{1});
  CHECK(reader.got.events() == 60);
  reader.grant(1, 1000);
  run_until([&] { return reader.got.events() == 100; });
  CHECK(reader.got.seqs() == numbers(1, 100));
  CHECK(reader.got.pages.back().reached == gateway.newest());
}

TEST_CASE_FIXTURE(open_gate, "the answer to a subscription comes before its first page") {
  test_monitor first{*this, control};
  first.follow();
  first.ask<subscription_answer>(all_from(std::nullopt, 10'000));
  gateway.happen(1000);
  run_until([&] { return first.got.events() == 1000; }); // the gate has them in its memory
  test_monitor reader{*this, office};
  reader.follow();
  std::optional<std::size_t> pages;
  reader.got.ask<subscription_answer>(all_from(cursor{7, 0}, 10'000), [&](const auto&) {
    pages = reader.got.pages.size();
  });
  run_until([&] { return reader.got.events() == 1000; });
  CHECK(pages == 0);
}

TEST_CASE_FIXTURE(open_gate, "what happened before the gate followed comes from the gateway") {
  gateway.happen(3000);
  test_monitor reader{*this, office};
  reader.follow();
  reader.ask<subscription_answer>(all_from(cursor{7, 1000}, 10'000));
  gateway.happen(1000);
  run_until([&] { return reader.got.events() == 3000; });
  CHECK(reader.got.seqs() == numbers(1001, 4000));
  CHECK(gateway.replays > 0);
}

TEST_CASE_FIXTURE(open_gate, "a monitor that comes again goes on without asking the gateway") {
  test_monitor first{*this, office};
  first.follow();
  first.ask<subscription_answer>(all_from(std::nullopt, 1000));
  gateway.happen(10);
  run_until([&] { return first.got.events() == 10; });
  first.hang_up();
  gateway.happen(90);
  test_monitor second{*this, office};
  second.follow();
  second.ask<subscription_answer>(all_from(first.got.pages.back().reached, 1000));
  run_until([&] { return second.got.events() == 90; });
  CHECK(second.got.seqs() == numbers(11, 100));
  CHECK(gateway.replays == 0);
  CHECK(gateway.follows == 1);
}

TEST_CASE_FIXTURE(open_gate, "10,000 events reach three monitors, each its own way, exactly once") {
  test_monitor fast{*this, office};
  test_monitor slow{*this, office};
  test_monitor late{*this, control};
  fast.follow();
  slow.follow();
  fast.ask<subscription_answer>(all_from(cursor{7, 0}, 1'000'000));
  slow.ask<subscription_answer>(all_from(cursor{7, 0}, 100));
  for (auto i = 0; i < 20; ++i) {
    gateway.happen(500, 1000);
    run_until([&] { return fast.got.events() == static_cast<std::size_t>(i + 1) * 500; });
    slow.grant(1, 100);
  }
  late.follow();
  late.ask<subscription_answer>(all_from(cursor{7, 0}, 1'000'000));
  slow.grant(1, 100'000);
  run_until([&] { return slow.got.events() == 10'000 && late.got.events() == 10'000; });
  for (auto who : {&fast, &slow, &late})
    CHECK(who->got.seqs() == numbers(1, 10'000));
}

TEST_CASE_FIXTURE(open_gate, "a page waits until the connection has room: nothing piles up") {
  test_monitor reader{*this, office};
  reader.follow();
  reader.ask<subscription_answer>(all_from(cursor{7, 0}, 1'000'000));
  gateway.happen(10'000, 4000); // 40 MB
  std::uint64_t most = 0;
  run_until([&] {
    auto state = gate->state();
    for (const auto& each : state.at("connections").as_array())
      most = std::max(most, each.at("queued_bytes").to_number<std::uint64_t>());
    return reader.got.events() == 10'000;
  });
  CHECK(most < 2'000'000);
  CHECK(reader.got.seqs() == numbers(1, 10'000));
}

TEST_CASE_FIXTURE(open_gate, "a gateway whose hub was restarted is followed on, over a gap") {
  test_monitor reader{*this, office};
  reader.follow();
  reader.ask<subscription_answer>(all_from(std::nullopt, 1000));
  gateway.happen(10);
  run_until([&] { return reader.got.events() == 10; });
  gateway.restart_hub();
  gateway.happen(5);
  run_until([&] { return reader.got.events() == 15; });
  CHECK(reader.got.pages.back().reached == cursor{8, 5});
  auto gaps = std::ranges::count_if(reader.got.pages, [](const auto& page) { return !!page.gap; });
  CHECK(gaps == 1);
}

TEST_CASE_FIXTURE(open_gate, "another subscription takes the place of the first") {
  test_monitor reader{*this, office};
  reader.follow();
  reader.ask<subscription_answer>(all_from(std::nullopt, 1000));
  auto other = all_from(std::nullopt, 1000);
  other.serial = 2;
  other.filter.kinds = {event_kind::reading};
  CHECK(reader.ask<subscription_answer>(other).serial == 2);
  gateway.happen(10);
  reader.ask<pong>(ping{1});
  CHECK(reader.got.events() == 0);
}

// -- the end

TEST_CASE_FIXTURE(open_gate, "a monitor whose certificate is revoked is sent away, others stay") {
  test_monitor reader{*this, office};
  test_monitor commander{*this, control};
  test_monitor again{*this, office};
  reader.follow();
  commander.follow();
  revoke({"office"});
  run_until([&] { return reader.is_closed(); });
  CHECK(refused("revoked") == 1);
  CHECK_FALSE(commander.is_closed());
  CHECK(commander.ask<pong>(ping{1}).nonce == 1);
  CHECK_FALSE(again.connect());
}

TEST_CASE_FIXTURE(open_gate, "a monitor whose certificate expires is sent away") {
  test_monitor reader{*this, office};
  reader.follow();
  clock.wall += std::chrono::days{1} + 1s;
  run_until([&] { return reader.is_closed(); });
  CHECK(refused("expired") == 1);
}

TEST_CASE_FIXTURE(open_gate, "a name that leaves the list leaves at once, and so does a scope") {
  test_monitor reader{*this, office};
  test_monitor commander{*this, control};
  reader.follow();
  commander.follow();
  allow = {{"control", access_scope::read}};
  gateway.configure(configuration());
  run_until([&] { return reader.is_closed() && commander.is_closed(); });
  CHECK(refused("not_allowed") == 1);
  CHECK(refused("scope_taken") == 1);
  test_monitor again{*this, control};
  CHECK(again.follow().scope == access_scope::read);
}

TEST_CASE_FIXTURE(open_gate, "the gateway ends: monitors are let go, then the gate ends") {
  test_monitor reader{*this, office};
  reader.follow();
  gateway.say(gate_frame_kind::end);
  run_until([&] { return ended.has_value() && reader.is_closed(); });
  CHECK(*ended == gate_core::outcome::told);
}

TEST_CASE_FIXTURE(open_gate, "the gateway is gone: the gate ends at once") {
  gateway.die();
  run_until([&] { return ended.has_value(); });
  CHECK(*ended == gate_core::outcome::gateway_gone);
}

TEST_CASE_FIXTURE(open_gate, "a frame that is none ends the gate") {
  gateway.say(gate_frame_kind::listening);
  run_until([&] { return ended.has_value(); });
  CHECK(*ended == gate_core::outcome::gateway_gone);
}

TEST_CASE_FIXTURE(gate_bench, "a gate that cannot use its certificate says why, then ends") {
  auto wrong = configuration();
  wrong.key = north.certificate;
  gateway.configure(wrong);
  run_until([&] { return ended.has_value(); });
  CHECK(*ended == gate_core::outcome::refused);
  run_until([&] { return !gateway.lines.empty(); });
  CHECK(gateway.lines.back().level == static_cast<std::uint8_t>(log_level::error));
  CHECK(gateway.lines.back().text.find(wrong.key) != std::string::npos);
  CHECK(gateway.port == 0);
}

TEST_CASE_FIXTURE(open_gate, "an address that is taken is told, then the gate ends") {
  fake_gateway other{io};
  std::optional<gate_core::outcome> how;
  auto second = std::make_shared<gate_core>(process.system, process.node, clock,
                                            other.take_socket(), gate_limits{},
                                            [&](gate_core::outcome it) { how = it; });
  second->start();
  auto taken = configuration();
  taken.listen.port = gateway.port;
  other.configure(taken);
  run_until([&] { return how && !other.lines.empty(); });
  CHECK(*how == gate_core::outcome::refused);
  CHECK(other.lines.back().text.find("in use") != std::string::npos);
  second->shut_down();
}

TEST_CASE_FIXTURE(open_gate, "the state tells of connections, refusals and certificates") {
  test_monitor reader{*this, office};
  test_monitor second{*this, office};
  reader.follow();
  second.follow();
  reader.ask<subscription_answer>(all_from(std::nullopt, 100));
  gateway.happen(10);
  run_until([&] { return reader.got.events() == 10; });
  auto before = gateway.states.size();
  run_until([&] { return gateway.states.size() > before; });
  auto state = gate->state();
  CHECK(state.at("port").to_number<std::uint16_t>() == gateway.port);
  const auto& connections = state.at("connections").as_array();
  REQUIRE(connections.size() == 2);
  CHECK(connections[0].at("name") == "office");
  CHECK(connections[0].at("sent").to_number<int>() == 10);
  CHECK(connections[0].at("credit").to_number<int>() == 90);
  CHECK(connections[1].at("name") == "office#2");
  CHECK(state.at("memory").at("events").to_number<int>() == 10);
  CHECK(state.at("certificates").as_array().size() == 2);
}
