// Crashes: what is restarted, who is told, and what is written down.
#include "actors/error.hpp"
#include "tests/actors/gateway_bench.hpp"

#include <boost/asio/ip/tcp.hpp>

using namespace xylem;
using namespace xylem::testing;

namespace {

/// True when bytes pass the gateway in both directions: frames to listeners, commands to the port.
void check_passage(gateway_bench& bench, std::string_view text) {
  auto listening = bench.listener();
  bench.ports.last().deliver(root_frame(5, "[M]", text));
  auto push = "[MSG]" + big16(5) + std::string{text};
  REQUIRE(bench.until_received(listening, push.size()));
  CHECK(listening.received() == push);

  auto asking = bench.client();
  CHECK(bench.ask(asking, send_request(5, text), 1) == "S");
  CHECK(bench.ports.last().written.ends_with(send_frame(5, text)));
  CHECK(bench.ask(asking, "ACT-C", 3) == "S" + big16(1));
}

const std::string hello = hex("05") + "hello"; // a message of 5 bytes (wire §2)

struct crash {
  std::string_view actor;
  void (gateway_bench::*kill)();
  std::string_view lost;
};

const std::array crashes{
  crash{"uart/field", &gateway_bench::kill_uart, "bytes of an unfinished frame"},
  crash{"network_manager/field", &gateway_bench::kill_manager,
        "the state of commands that were waiting"},
  crash{"node_cache/field", &gateway_bench::kill_cache,
        "readings and the list of nodes, until they are heard again"},
  crash{"socket_server/field", &gateway_bench::kill_server, "client connections"},
  crash{"event_hub", &gateway_bench::kill_hub, "the ring of recent events"},
};

constexpr auto restarts_allowed = restart_budget::restarts;

} // namespace

TEST_CASE("a gateway that was started carries messages in both directions") {
  gateway_bench bench;
  bench.start();
  CHECK(bench.ports.last().written == network_info);
  check_passage(bench, hello);
  auto status = bench.status();
  CHECK(status["state"] == "ok");
  CHECK(status["silent_actors"].as_array().empty());
  CHECK(number(status, "incidents/total") == 0);
  for (const auto& each : status["actors"].as_array())
    CHECK(each.as_object().at("state") == "running");
}

TEST_CASE("an actor that crashes is restarted at once, and the others know the new one") {
  for (const auto& each : crashes) {
    CAPTURE(each.actor);
    gateway_bench bench;
    bench.start();
    check_passage(bench, hello);
    bench.world.advance(5s);
    (bench.*each.kill)();
    CHECK(bench.state_of(each.actor) == "running");
    CHECK(number(bench.child(each.actor), "restarts") == 1);
    check_passage(bench, hex("05") + "again");
    CHECK(bench.status()["state"] == "ok");
  }
}

TEST_CASE("a crash is an incident with its cause, its time, its end and what was lost") {
  for (const auto& each : crashes) {
    CAPTURE(each.actor);
    gateway_bench bench;
    bench.start();
    bench.world.advance(5s);
    (bench.*each.kill)();
    auto all = bench.incidents();
    REQUIRE(all.size() == 1);
    CHECK(all[0]["actor"].as_string() == each.actor);
    CHECK(all[0]["cause"] == "kill");
    CHECK(all[0]["start"] == "2023-11-14T22:13:25.000Z");
    CHECK(all[0]["end"] == "2023-11-14T22:13:25.000Z");
    CHECK(all[0]["lost"].as_string() == each.lost);
  }
}

TEST_CASE("a crash and its end are told as events") {
  gateway_bench bench;
  bench.start();
  bench.follow_events();
  bench.kill_cache();
  auto told = bench.told.of(event_kind::incident);
  REQUIRE(told.size() == 2);
  CHECK(text_of(told[0].data.view()) == "node_cache/field: kill");
  CHECK(text_of(told[1].data.view()) == "node_cache/field runs again after 0 ms");
}

TEST_CASE("an exception that leaves a handler is a crash, its text the cause") {
  gateway_bench bench;
  bench.start();
  bench.ports.last().throws = "port written to while it is closed";
  auto client = bench.client();
  CHECK(bench.ask(client, send_request(5, "hi"), 1) == "S");
  auto all = bench.incidents();
  REQUIRE(all.size() == 1);
  CHECK(all[0]["actor"] == "uart/field");
  CHECK(all[0]["cause"] == "port written to while it is closed");
  CHECK(bench.ports.last().written == send_frame(5, "hi") + network_info); // the new port's
}

TEST_CASE("requests that are under way when an actor behind them crashes fail, later ones work") {
  for (auto [kill, request] : {std::pair{&gateway_bench::kill_manager, "NINFO"},
                               std::pair{&gateway_bench::kill_cache, "ACT-C"}}) {
    gateway_bench bench;
    bench.start();
    auto client = bench.client();
    REQUIRE(bench.ask(client, "ACT-C", 3) == "S" + big16(0));
    client.forget_received();
    client.send(request);
    (bench.*kill)(); // dies before the request has reached it
    auto expected = failed("Not Available");
    REQUIRE(bench.until_received(client, expected.size()));
    CHECK(client.received() == expected);
    CHECK(bench.ask(client, "ACT-C", 3) == "S" + big16(0));
  }
}

TEST_CASE("clients of a socket server that crashed find the new one at the same address") {
  gateway_bench bench;
  bench.start();
  auto before = bench.client();
  REQUIRE(bench.ask(before, "ACT-C", 3) == "S" + big16(0));
  auto port = bench.port();
  bench.settings.meshes[0].listen.port = port; // of the next one
  bench.kill_server();
  REQUIRE(bench.until_ended(before));
  auto after = test_client{port};
  CHECK(bench.ask(after, "ACT-C", 3) == "S" + big16(0));
}

TEST_CASE("a hub that was started anew has a later epoch, even within a millisecond") {
  gateway_bench bench;
  bench.start();
  auto epoch = [&] { return number(bench.status(), "events/epoch"); };
  auto first = epoch();
  bench.kill_hub();
  auto second = epoch();
  bench.kill_hub();
  CHECK(second > first);
  CHECK(epoch() > second);
}

TEST_CASE("a hub whose epoch the record has used before gives way to one with a later epoch") {
  gateway_bench bench;
  bench.start();
  auto epoch = [&] { return number(bench.status(), "events/epoch"); };
  auto first = epoch();
  caf::anon_send(bench.it, ready_atom::value, static_cast<std::uint64_t>(first));
  bench.world.run();
  CHECK(epoch() == first);
  caf::anon_send(bench.it, ready_atom::value, static_cast<std::uint64_t>(first + 1000));
  bench.world.run();
  CHECK(epoch() > first + 1000);
  check_passage(bench, hello);
}

TEST_CASE("a network manager that was started anew numbers its commands on") {
  gateway_bench bench;
  bench.start();
  bench.follow_events();
  auto asking = bench.client();
  REQUIRE(bench.ask(asking, send_request(5, "a"), 1) == "S");
  auto before = bench.told.of(event_kind::command).back().id;
  bench.kill_manager();
  bench.told.events.clear();
  REQUIRE(bench.ask(asking, send_request(5, "b"), 1) == "S");
  CHECK(bench.told.of(event_kind::command).front().id > before);
}

TEST_CASE("what a new node cache does not know, the root is asked for") {
  gateway_bench bench;
  bench.start();
  bench.ports.last().written.clear();
  bench.kill_cache();
  CHECK(bench.ports.last().written == network_info);
}

// -- the budget

TEST_CASE("the eleventh crash within a minute parks an actor for 30 s") {
  for (const auto& each : crashes) {
    CAPTURE(each.actor);
    gateway_bench bench;
    bench.start();
    for (std::size_t n = 0; n < restarts_allowed; ++n) {
      (bench.*each.kill)();
      bench.world.advance(1s);
    }
    CHECK(bench.state_of(each.actor) == "running");
    CHECK(bench.status()["state"] == "ok");
    (bench.*each.kill)();
    CHECK(bench.state_of(each.actor) == "parked");
    CHECK(bench.status()["state"] == "degraded");
    auto last = bench.incidents().back();
    CHECK(last["end"].is_null());
    bench.world.advance(29s);
    CHECK(bench.state_of(each.actor) == "parked");
    bench.world.advance(1s);
    CHECK(bench.state_of(each.actor) == "running");
    CHECK(bench.status()["state"] == "ok");
    CHECK(!bench.incidents().back()["end"].is_null());
    check_passage(bench, hello);
  }
}

TEST_CASE("crashes that are spread over more than a minute park nobody") {
  gateway_bench bench;
  bench.start();
  for (auto n = 0; n < 30; ++n) {
    bench.kill_cache();
    CHECK(bench.state_of("node_cache/field") == "running");
    bench.world.advance(6s); // ten in 60 s
  }
}

TEST_CASE("an actor that was parked has a full budget again") {
  gateway_bench bench;
  bench.start();
  for (std::size_t n = 0; n <= restarts_allowed; ++n)
    bench.kill_cache();
  bench.world.advance(30s);
  for (std::size_t n = 0; n < restarts_allowed; ++n)
    bench.kill_cache();
  CHECK(bench.state_of("node_cache/field") == "running");
  bench.kill_cache();
  CHECK(bench.state_of("node_cache/field") == "parked");
}

TEST_CASE("while one actor is parked, the other meshes run and nobody waits for it") {
  gateway_bench bench{{"field", "barn"}};
  bench.start();
  auto field = bench.client(0);
  auto barn = bench.client(1);
  REQUIRE(bench.ask(barn, "ACT-C", 3) == "S" + big16(0));
  for (std::size_t n = 0; n <= restarts_allowed; ++n)
    bench.kill_manager(); // the newest one is the barn's
  CHECK(bench.state_of("network_manager/barn") == "parked");
  CHECK(bench.state_of("network_manager/field") == "running");
  auto refused = failed("Not Available");
  for (auto n = 0; n < 3; ++n)
    CHECK(bench.ask(barn, "ACT-C", refused.size()) == refused);
  CHECK(bench.ask(field, "ACT-C", 3) == "S" + big16(0));
  auto status = bench.status();
  CHECK(status["meshes"].as_array()[1].as_object()["link"].as_object()["state"] == "down");
  bench.world.advance(30s);
  CHECK(bench.ask(barn, "ACT-C", 3) == "S" + big16(0));
}

TEST_CASE("commands fail while the uart is parked") {
  gateway_bench bench;
  bench.start();
  for (std::size_t n = 0; n <= restarts_allowed; ++n)
    bench.kill_uart();
  auto client = bench.client();
  auto refused = failed("No Serial Connection");
  CHECK(bench.ask(client, send_request(5, "hi"), refused.size()) == refused);
  CHECK(bench.ask(client, "ACT-C", 3) == "S" + big16(0));
  bench.world.advance(30s);
  CHECK(bench.ask(client, send_request(5, "hi"), 1) == "S");
}

// -- addresses

TEST_CASE("a taken address at start ends the gateway with an error, and all its actors") {
  gateway_bench first;
  first.start();
  gateway_bench second{{"field", "barn"}};
  second.settings.meshes[1].listen.port = first.port();
  second.start();
  second.world.advance(10s);
  REQUIRE(*second.end);
  CHECK(is(**second.end, gateway_error::cannot_serve));
  CHECK(describe(**second.end).find("Address already in use") != std::string::npos);
  CHECK(second.world.system.registry().running() == 0);
}

TEST_CASE("an address that is taken while its server is restarted does not end the gateway") {
  gateway_bench bench;
  bench.start();
  auto port = bench.port();
  bench.settings.meshes[0].listen.port = port; // read by the next socket server
  boost::asio::ip::tcp::acceptor thief{bench.world.io};
  auto server = bench.world.newest<socket_server_actor, socket_server_core>();
  server->attach_functor([&] {
    boost::asio::ip::tcp::endpoint where{boost::asio::ip::address_v4::loopback(), port};
    thief.open(where.protocol());
    thief.set_option(boost::asio::socket_base::reuse_address{true});
    thief.bind(where);
    thief.listen();
  });
  bench.kill_server();
  CHECK(!*bench.end);
  CHECK(bench.state_of("socket_server/field") == "parked");
  thief.close();
  bench.world.advance(30s);
  CHECK(bench.state_of("socket_server/field") == "running");
  auto client = test_client{port};
  CHECK(bench.ask(client, "ACT-C", 3) == "S" + big16(0));
}
