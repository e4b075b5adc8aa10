#include "remote_fixture.hpp"

#include <caf/send.hpp>

#include <numeric>

using namespace xylem;
using namespace xylem::testing;

TEST_CASE_FIXTURE(remote_fixture, "remote: a request over a stream is answered by the facade") {
  auto facade = connect_both();
  REQUIRE(facade);
  CHECK(ask(facade, 41) == 42);
  CHECK(ask(facade, 42) == 43);
  CHECK(server_ends.empty());
  CHECK(client_ends.empty());
  CHECK(served->counters().basp.messages == 2);
  CHECK(connected->counters().basp.messages == 2);
}

TEST_CASE_FIXTURE(remote_fixture, "remote: CAF's questions of its own do not leave a node") {
  auto facade = connect_both();
  CHECK(ask(facade, 1) == 2);
  CHECK(served->counters().basp.withheld == 1);
  CHECK(connected->counters().basp.withheld == 1);
  CHECK(served->counters().basp.dropped == 0);
  CHECK(connected->counters().basp.dropped == 0);
}

TEST_CASE_FIXTURE(remote_fixture,
                  "remote: bytes that wait hold a sender back, 10,000 messages arrive") {
  auto facade = connect_both();
  constexpr std::uint64_t count = 10'000;
  std::size_t most = 0;
  std::uint64_t next = 0;
  run_until([&] {
    for (auto burst = 0; burst < 100 && next < count && connected->queued_bytes() == 0; ++burst)
      caf::anon_send(facade, toy_answer{next++});
    most = std::max(most, connected->queued_bytes());
    return told_to(published).size() == count;
  });
  std::vector<std::uint64_t> expected(count);
  std::iota(expected.begin(), expected.end(), 0u);
  CHECK(told_to(published) == expected);
  CHECK(most <= 64 * 1024);
  CHECK(connected->is_open());
}

TEST_CASE_FIXTURE(remote_fixture, "remote: a message that went past CAF arrives like others") {
  auto facade = connect_both();
  auto from = caf::actor_cast<caf::strong_actor_ptr>(client.spawn_facade());
  auto to = caf::actor_cast<caf::strong_actor_ptr>(facade);
  for (std::uint64_t number = 0; number < 300; number += 2) {
    connected->send<toy_answer>(from, to, encode(toy_answer{number}));
    caf::anon_send(facade, toy_answer{number + 1});
    CHECK_FALSE(client.node.is_idle());
    client.unit.work_and_run([] {});
    CHECK(client.node.is_idle());
  }
  run_until([&] { return told_to(published).size() == 300; });
  std::vector<std::uint64_t> expected(300);
  std::iota(expected.begin(), expected.end(), 0u);
  CHECK(told_to(published) == expected);
  CHECK(connected->is_open());
}

TEST_CASE_FIXTURE(remote_fixture, "remote: more output than may wait closes a connection") {
  auto options = client_options();
  options.max_output = 64 * 1024;
  auto facade = connect_both(server_options(), options);
  for (std::uint64_t number = 0; number < 100'000; ++number)
    caf::anon_send(facade, toy_answer{number});
  client.unit.work_and_run([] {}); // the broker gets no turn of the socket in between
  run_until([&] { return !client_ends.empty(); });
  CHECK(client_ends.front().kind == remote_end_kind::output_full);
}

TEST_CASE_FIXTURE(remote_fixture, "remote: a facade that ends closes its connection alone") {
  auto facade = connect_both();
  auto [one, other] = stream_pair();
  auto second = server.spawn_facade();
  toy_facade second_proxy;
  remote_peer another{io};
  serve(std::move(one), second);
  another.node.connect<toy_facade>(
      make_remote_stream(std::move(other)), client_options(),
      [&](const toy_facade& got) { second_proxy = got; }, [](const remote_end&) {});
  run_until([&] { return second_proxy != nullptr; });
  caf::anon_send_exit(published, caf::exit_reason::user_shutdown);
  run_until([&] { return !server_ends.empty() && !client_ends.empty(); });
  CHECK(describe(server_ends.front()) == "facade ended");
  CHECK(client_ends.front().kind == remote_end_kind::by_peer);
  CHECK(server.node.connections() == 1);
  CHECK(another.node.connections() == 1);
}

TEST_CASE_FIXTURE(remote_fixture, "remote: a facade that has ended before is not served") {
  auto facade = server.spawn_facade();
  caf::anon_send_exit(facade, caf::exit_reason::user_shutdown);
  run_until([&] { return server.system.registry().running() == 0; });
  auto [one, other] = stream_pair();
  serve(std::move(one), facade);
  connect(client, std::move(other));
  run_until([&] { return !server_ends.empty() && !client_ends.empty(); });
  CHECK(describe(server_ends.front()) == "facade ended");
}

TEST_CASE_FIXTURE(remote_fixture, "remote: on_closed is called once, whoever closes") {
  auto facade = connect_both();
  connected->close("enough");
  connected->close("really");
  run_until([&] { return !server_ends.empty() && !client_ends.empty(); });
  connected->close("again");
  io.restart();
  io.run_for(0ms);
  REQUIRE(client_ends.size() == 1);
  CHECK(describe(client_ends.front()) == "closed by us: enough");
  REQUIRE(server_ends.size() == 1);
  CHECK(server_ends.front().kind == remote_end_kind::by_peer);
}

TEST_CASE_FIXTURE(remote_fixture, "remote: who monitors a facade is told of the end") {
  auto facade = connect_both();
  std::optional<caf::error> why;
  caf::actor_cast<caf::abstract_actor*>(facade)->attach_functor(
      [&](const caf::error& reason) { why = reason; });
  served->close("enough");
  run_until([&] { return why.has_value(); });
  CHECK(*why == caf::exit_reason::remote_link_unreachable);
}

TEST_CASE_FIXTURE(remote_fixture, "remote: what was said before a close arrives") {
  auto facade = connect_both();
  for (std::uint64_t number = 0; number < 20'000; ++number)
    caf::anon_send(facade, toy_answer{number});
  client.unit.work_and_run([] {}); // the broker has it, the socket not all of it
  REQUIRE(connected->queued_bytes() > 0);
  connected->close("enough");
  run_until([&] { return !server_ends.empty(); });
  CHECK(told_to(published).size() == 20'000);
  CHECK(server_ends.front().kind == remote_end_kind::by_peer);
}

TEST_CASE_FIXTURE(remote_fixture, "remote: another interface is not connected to") {
  auto [one, other] = stream_pair();
  serve(std::move(one), server.spawn_facade());
  auto got = false;
  client.node.connect(
      make_remote_stream(std::move(other)), {"something else"}, client_options(),
      [&](const caf::strong_actor_ptr&) { got = true; },
      [this](const remote_end& why) { client_ends.push_back(why); });
  run_until([&] { return !client_ends.empty(); });
  CHECK(!got);
  CHECK(describe(client_ends.front()) == "no such facade");
}

TEST_CASE_FIXTURE(remote_fixture, "remote: who does not introduce itself in time is closed") {
  auto [one, other] = stream_pair();
  auto options = server_options();
  options.handshake_time = 20ms;
  serve(std::move(one), server.spawn_facade(), options);
  run_until([&] { return !server_ends.empty(); });
  CHECK(describe(server_ends.front()) == "no handshake");
}

TEST_CASE_FIXTURE(remote_fixture, "remote: heartbeats keep a connection, silence ends it") {
  auto of_client = client_options();
  of_client.heartbeat = 10ms;
  auto of_server = server_options();
  of_server.heartbeat = 1h;
  auto facade = connect_both(of_server, of_client);
  run_until([&] { return served->counters().basp.heartbeats >= 3; });
  CHECK(served->is_open());

  auto [one, other] = stream_pair();
  of_server.silence = 50ms;
  remote_peer silent{io};
  auto of_silent = client_options();
  of_silent.heartbeat = 1h;
  serve(std::move(one), server.spawn_facade(), of_server);
  connect(silent, std::move(other), of_silent);
  run_until([&] { return !server_ends.empty(); });
  CHECK(describe(server_ends.front()) == "silent");
  CHECK(served->is_open());
}

TEST_CASE_FIXTURE(remote_fixture, "remote: a node that is connected is refused a second time") {
  auto options = server_options();
  auto facade = connect_both(options);
  auto [one, other] = stream_pair();
  serve(std::move(one), server.spawn_facade());
  client_ends.clear();
  connect(client, std::move(other));
  run_until([&] { return !client_ends.empty() && !server_ends.empty(); });
  CHECK(describe(client_ends.front()) == "violation: node connected");
  CHECK(ask(facade, 1) == 2);
}

TEST_CASE_FIXTURE(remote_fixture, "remote: 100 connections leave nothing with the broker") {
  for (auto round = 0; round < 100; ++round) {
    remote_peer visitor{io};
    auto [one, other] = stream_pair();
    auto facade = server.spawn_facade();
    toy_facade proxy;
    auto connection = serve(std::move(one), facade);
    visitor.node.connect<toy_facade>(
        make_remote_stream(std::move(other)), client_options(),
        [&](const toy_facade& got) { proxy = got; }, [](const remote_end&) {});
    run_until([&] { return proxy != nullptr && connection->counters().bytes_received > 0; });
    caf::anon_send_exit(facade, caf::exit_reason::user_shutdown);
    run_until([&] { return !connection->is_open(); });
  }
  auto broker = server.system.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"));
  auto& state = dynamic_cast<caf::io::basp_broker&>(*caf::actor_cast<caf::abstract_actor*>(broker));
  run_until([&] { return state.monitored_actors.empty(); });
  CHECK(state.ctx.size() == 0);
  CHECK(state.spawn_servers.empty());
  CHECK(state.num_connections() == 0);
  CHECK(state.instance.published_actors().empty());
  CHECK(state.instance.tbl().direct_by_hdl_.size() == 0);
  CHECK(state.instance.tbl().direct_by_nid_.size() == 0);
  CHECK(state.proxies().empty());
}
