#include "remote_fixture.hpp"
#include "tests/protocol/basp_frames.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <caf/send.hpp>

#include <numeric>

using namespace xylem;
using namespace xylem::testing;

namespace {

namespace asio = boost::asio;

/// Speaks BASP by hand, to a server that serves a facade to it; another client is connected.
struct raw_peer_fixture : remote_fixture {
  raw_peer_fixture() : good_facade{connect_both()} {
    auto [one, other] = stream_pair();
    raw = std::make_unique<local_stream>(std::move(other));
    facade = server.spawn_facade();
    connection = serve(std::move(one), facade, server_options());
    std::string header(basp_header_size, '\0');
    asio::read(*raw, asio::buffer(header));
    std::string payload(parse_basp_header(header).payload_size, '\0');
    asio::read(*raw, asio::buffer(payload));
    server_node = parse_server_handshake(payload).value().node;
    CHECK(parse_server_handshake(payload)->actor == facade.id());
  }

  void say(const std::string& bytes) { asio::write(*raw, asio::buffer(bytes)); }
  void introduce() { say(client_handshake(us)); }

  /// How the server ended this connection. Everybody else is still served.
  std::string end_of_connection() {
    run_until([&] { return !server_ends.empty(); });
    CHECK(server_ends.size() == 1);
    CHECK(!connection->is_open());
    CHECK(ask(good_facade, 41) == 42);
    return describe(server_ends.front());
  }

  toy_facade good_facade;
  std::unique_ptr<local_stream> raw;
  toy_facade facade;
  remote_connection_ptr connection;
  basp_node_id us = node_of('r');
  basp_node_id server_node;
};

using told_facade = caf::stateful_actor<toy_facade_state, io_actor<toy_facade>>;

const std::vector<std::uint64_t>& told_to(const toy_facade& facade) {
  auto actor = caf::actor_cast<caf::abstract_actor*>(facade);
  return dynamic_cast<told_facade&>(*actor).state.told;
}

} // namespace

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

TEST_CASE_FIXTURE(remote_fixture, "remote: 10,000 messages arrive in order, held back by the bytes that wait") {
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

TEST_CASE_FIXTURE(remote_fixture, "remote: a connection with more output than may wait is closed") {
  auto options = client_options();
  options.max_output = 64 * 1024;
  auto facade = connect_both(server_options(), options);
  for (std::uint64_t number = 0; number < 100'000; ++number)
    caf::anon_send(facade, toy_answer{number});
  client.unit.work_and_run([] {}); // the broker gets no turn of the socket in between
  run_until([&] { return !client_ends.empty(); });
  CHECK(client_ends.front().kind == remote_end_kind::output_full);
}

TEST_CASE_FIXTURE(remote_fixture, "remote: a facade that ends closes its connection, after what it said last") {
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

TEST_CASE_FIXTURE(remote_fixture, "remote: who monitors a facade is told when its connection ends") {
  auto facade = connect_both();
  std::optional<caf::error> why;
  caf::actor_cast<caf::abstract_actor*>(facade)->attach_functor(
    [&](const caf::error& reason) { why = reason; });
  served->close("enough");
  run_until([&] { return why.has_value(); });
  CHECK(*why == caf::exit_reason::remote_link_unreachable);
}

TEST_CASE_FIXTURE(remote_fixture, "remote: a peer with another interface does not get connected") {
  auto [one, other] = stream_pair();
  serve(std::move(one), server.spawn_facade());
  auto got = false;
  client.node.connect(make_remote_stream(std::move(other)), {"something else"}, client_options(),
                      [&](const caf::strong_actor_ptr&) { got = true; },
                      [this](const remote_end& why) { client_ends.push_back(why); });
  run_until([&] { return !client_ends.empty(); });
  CHECK(!got);
  CHECK(describe(client_ends.front()) == "no such facade");
}

TEST_CASE_FIXTURE(remote_fixture, "remote: a peer that does not introduce itself in time is closed") {
  auto [one, other] = stream_pair();
  auto options = server_options();
  options.handshake_time = 20ms;
  serve(std::move(one), server.spawn_facade(), options);
  run_until([&] { return !server_ends.empty(); });
  CHECK(describe(server_ends.front()) == "no handshake");
}

TEST_CASE_FIXTURE(remote_fixture, "remote: heartbeats keep a connection, and a peer that says nothing is closed") {
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

TEST_CASE_FIXTURE(remote_fixture, "remote: a node that is connected is refused a second time, unless it proves who it is") {
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

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: a node id that is connected replaces its older connection only by the same proof") {
  introduce();
  run_until([&] { return connection->counters().bytes_received > 0; });
  auto [one, other] = stream_pair();
  auto options = server_options();
  options.identity = "office";
  auto second = serve(std::move(one), server.spawn_facade(), options);
  asio::write(other, asio::buffer(client_handshake(us)));
  run_until([&] { return !server_ends.empty(); });
  CHECK(describe(server_ends.front()) == "violation: node connected");
  CHECK(connection->is_open());

  server_ends.clear();
  us = node_of('o');
  std::vector<local_stream> streams;
  for (auto round = 0; round < 2; ++round) {
    auto [mine, peers] = stream_pair();
    auto next = serve(std::move(mine), server.spawn_facade(), options);
    asio::write(peers, asio::buffer(client_handshake(us)));
    run_until([&] { return next->counters().bytes_received > 0; });
    CHECK(next->is_open());
    streams.push_back(std::move(peers));
  }
  REQUIRE(server_ends.size() == 1);
  CHECK(describe(server_ends.front()) == "replaced");
  CHECK(ask(good_facade, 1) == 2);
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: a peer that is killed in the middle of a message is gone, and nobody else") {
  introduce();
  say(message(9, facade.id(), "toy_question", "?1").substr(0, 40));
  raw->close();
  CHECK(end_of_connection() == "closed by the peer: End of file");
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: the handshake may come in any two reads") {
  auto whole = client_handshake(us);
  say(whole.substr(0, 33));
  run_until([&] { return connection->counters().bytes_received == 33; });
  say(whole.substr(33) + message(9, facade.id(), "toy_answer", "!1"));
  run_until([&] { return told_to(facade).size() == 1; });
  CHECK(connection->is_open());
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: 32 bytes of garbage end their connection") {
  say(std::string(32, '\xA5'));
  CHECK(end_of_connection() == "violation: malformed header");
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: a client's handshake without a payload ends its connection") {
  say(header_of({basp_operation::client_handshake, 0, 0, 0, 0}, 0));
  CHECK(end_of_connection() == "violation: malformed header");
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: a length of 4 GiB ends its connection") {
  introduce();
  say(header_of({.source = 9, .destination = facade.id()}, 0xFFFF'FFFF));
  CHECK(end_of_connection() == "violation: payload too long");
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: an exit message ends its connection, not the facade") {
  introduce();
  auto exit = std::string(16, '\0') + error_of(4);
  say(frame_of({.source = 9, .destination = facade.id()}, content_of("+@exit", exit)));
  CHECK(end_of_connection() == "violation: unknown type");
  CHECK(server.system.registry().get(facade.id()) != nullptr);
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: a link message ends its connection") {
  introduce();
  say(frame_of({.source = 9, .destination = facade.id()},
               content_of("+@atom+@strong_actor_ptr", big(std::uint64_t{0xFC6'ECF0})
                                                        + std::string(16, '\0'))));
  CHECK(end_of_connection() == "violation: unknown type");
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: CAF's servers cannot be reached") {
  introduce();
  say(question_to(spawn_server_name) + question_to(config_server_name));
  run_until([&] { return connection->counters().basp.dropped == 2; });
  CHECK(connection->is_open());
  say(question_to(0x1234));
  CHECK(end_of_connection() == "violation: named receiver");
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: a routed message ends its connection") {
  introduce();
  say(frame_of({basp_operation::routed_message, 0, 0, 9, facade.id()},
               std::string{us.view()}.append(server_node.view())));
  CHECK(end_of_connection() == "violation: routed message");
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: a second handshake ends its connection") {
  introduce();
  introduce();
  CHECK(end_of_connection() == "violation: second handshake");
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: who says that it is the server itself is closed") {
  say(client_handshake(server_node));
  CHECK(end_of_connection() == "violation: own node");
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: an actor that was not published cannot be reached") {
  introduce();
  say(message(9, good_facade.id(), "toy_answer", "!1"));
  CHECK(end_of_connection() == "violation: unknown receiver");
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: a type that was not listed ends its connection") {
  introduce();
  say(message(9, facade.id(), "@str", "?1"));
  CHECK(end_of_connection() == "violation: unknown type");
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: content that its codec does not take ends its connection") {
  introduce();
  say(message(9, facade.id(), "toy_question", "?1x"));
  CHECK(end_of_connection() == "violation: invalid content");
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: content that is cut off ends its connection") {
  introduce();
  auto payload = content_of("+toy_question", "\x05?1");
  say(frame_of({.source = 9, .destination = facade.id()}, payload));
  CHECK(end_of_connection() == "violation: malformed message");
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: 10,000 sources are too many") {
  introduce();
  std::string all;
  for (std::uint64_t source = 1; source <= 10'000; ++source)
    all += message(source, facade.id(), "toy_answer", "!1");
  boost::system::error_code ignored;
  asio::write(*raw, asio::buffer(all.substr(0, 64 * 1024)), ignored);
  CHECK(end_of_connection() == "violation: too many sources");
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: an answer that nobody asked for ends its connection") {
  introduce();
  say(message(9, facade.id(), "toy_answer", "!1", 0x9000'0000'0000'0001));
  CHECK(end_of_connection() == "violation: answer without request");
}

TEST_CASE_FIXTURE(remote_fixture, "remote: 100 connections come and go, and leave nothing with the broker") {
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
  auto& state
    = dynamic_cast<caf::io::basp_broker&>(*caf::actor_cast<caf::abstract_actor*>(broker));
  run_until([&] { return state.monitored_actors.empty(); });
  CHECK(state.ctx.size() == 0);
  CHECK(state.spawn_servers.empty());
  CHECK(state.num_connections() == 0);
  CHECK(state.instance.published_actors().empty());
  CHECK(state.instance.tbl().direct_by_hdl_.size() == 0);
  CHECK(state.instance.tbl().direct_by_nid_.size() == 0);
  CHECK(state.proxies().empty());
}
