#include "remote_fixture.hpp"
#include "tests/protocol/basp_frames.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

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

} // namespace

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: only who proves the same name replaces a connection") {
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

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: a peer that is killed mid-message is gone alone") {
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

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: a handshake without a payload ends its connection") {
  say(header_of({basp_operation::client_handshake, 0, 0, 0, 0}, 0));
  CHECK(end_of_connection() == "violation: malformed header");
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: a length of 4 GiB ends its connection") {
  introduce();
  say(header_of({.source = 9, .destination = facade.id()}, 0xFFFF'FFFF));
  CHECK(end_of_connection() == "violation: payload too long");
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: an exit message ends its connection, no facade") {
  introduce();
  auto exit = std::string(16, '\0') + error_of(4);
  say(frame_of({.source = 9, .destination = facade.id()}, content_of("+@exit", exit)));
  CHECK(end_of_connection() == "violation: unknown type");
  CHECK(server.system.registry().get(facade.id()) != nullptr);
}

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: a link message ends its connection") {
  introduce();
  say(frame_of({.source = 9, .destination = facade.id()},
               content_of("+@atom+@strong_actor_ptr",
                          big(std::uint64_t{0xFC6'ECF0}) + std::string(16, '\0'))));
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

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: content that no codec takes ends its connection") {
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

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: who sends more than its meter takes is closed") {
  std::size_t messages = 0;
  auto [one, other] = stream_pair();
  auto options = server_options();
  options.meter = [&](std::size_t, std::size_t more) {
    messages += more;
    return messages > 3 ? std::optional{std::string{"three are enough"}} : std::nullopt;
  };
  facade = server.spawn_facade();
  connection = serve(std::move(one), facade, options);
  std::string all = client_handshake(node_of('m'));
  for (std::uint64_t number = 1; number <= 5; ++number)
    all += message(9, facade.id(), "toy_answer", "!1");
  asio::write(other, asio::buffer(all));
  CHECK(end_of_connection() == "sent too much: three are enough");
  CHECK(told_to(facade).size() == 2); // the handshake was the first one
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

TEST_CASE_FIXTURE(raw_peer_fixture, "remote: a close does not wait for a peer that does not read") {
  introduce();
  constexpr std::uint64_t request = 0x1000'0000'0000'0000;
  for (std::uint64_t number = 1; connection->queued_bytes() == 0; ++number) {
    say(message(9, facade.id(), "toy_question", "?1", request + number));
    run_until([&] { return connection->counters().basp.messages == number; });
  }
  connection->close("enough");
  CHECK(end_of_connection() == "closed by us: enough");
  raw->non_blocking(true);
  run_until([&] {
    boost::system::error_code error;
    raw->write_some(asio::buffer(heartbeat()), error);
    return error == asio::error::broken_pipe || error == asio::error::connection_reset;
  });
}
