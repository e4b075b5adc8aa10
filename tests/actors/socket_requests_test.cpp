// Requests and replies on the client socket (wire §4).
#include "tests/actors/socket_bench.hpp"

#include <algorithm>

using namespace xylem;
using namespace xylem::testing;

namespace {

const std::string active_count = "ACT-C";

std::string payload_of(const request_batch& batch, std::size_t n) {
  const auto& request = batch.requests.at(n);
  return std::string{text_of(bytes_view{batch.payloads}.subspan(request.offset, request.size))};
}

/// Nodes of all requests, in the order in which they were asked.
std::vector<std::uint16_t> nodes_asked(const heard& told) {
  std::vector<std::uint16_t> nodes;
  for (const auto& batch : told.requests)
    for (const auto& request : batch.requests)
      nodes.push_back(request.node.value);
  return nodes;
}

using nodes = std::vector<std::uint16_t>;

} // namespace

TEST_CASE("a request that comes byte by byte is understood when its last byte has come") {
  socket_bench bench;
  auto client = bench.client();
  auto request = send_request(5, "hi");
  for (std::size_t i = 0; i + 1 < request.size(); ++i) {
    client.send(request.substr(i, 1));
    bench.world.run();
  }
  CHECK(bench.asked() == 0);
  client.send(request.substr(request.size() - 1));
  REQUIRE(bench.until_asked(1));
  const auto& asked = bench.told.requests[0].requests[0];
  CHECK(asked.kind == request_kind::command);
  CHECK(asked.command == command_kind::send);
  CHECK(asked.node == node_address{5});
  CHECK(payload_of(bench.told.requests[0], 0) == "hi");
}

TEST_CASE("every way to cut three requests in two gives the same three requests") {
  auto stream = get_request(5) + "\n" + send_request(6, "\n") + "\n" + get_request(7);
  socket_bench bench;
  std::size_t asked = 0;
  for (std::size_t cut = 1; cut < stream.size(); ++cut) {
    auto client = bench.client();
    client.send(stream.substr(0, cut));
    bench.world.run();
    client.send(stream.substr(cut));
    REQUIRE(bench.until_asked(asked += 3));
    CHECK(nodes_asked(bench.told) == nodes{5, 6, 7});
    bench.answer("R");
    REQUIRE(bench.until_received(client, 3));
    bench.told.requests.clear();
    bench.answered = asked = 0;
  }
}

TEST_CASE("pipelined requests travel as one batch, and their replies come in their order") {
  socket_bench bench;
  auto client = bench.client();
  client.send(get_request(5) + send_request(6, "hi") + active_count);
  REQUIRE(bench.until_asked(3));
  REQUIRE(bench.told.requests.size() == 1);
  request_batch batch{.round = bench.told.requests[0].round, .has_commands = true};
  append(batch.encoded, "onetwothree");
  auto session = bench.told.requests[0].requests[0].session;
  batch.replies = {{session, 6, 2}, {session, 5, 1}};
  caf::anon_send(bench.it, std::move(batch));
  REQUIRE(bench.until_received(client, 11));
  CHECK(client.received() == "onetwothree");
}

TEST_CASE("queries go to the node cache at once, commands and what follows them by the manager") {
  socket_bench bench;
  auto client = bench.client();
  client.send(get_request(5));
  REQUIRE(bench.until_asked(1));
  CHECK_FALSE(bench.told.requests[0].has_commands);
  client.send(send_request(6, "hi"));
  REQUIRE(bench.until_asked(2));
  CHECK(bench.told.requests[1].has_commands);
  client.send(get_request(5));
  REQUIRE(bench.until_asked(3));
  CHECK(bench.told.requests[2].has_commands); // or it would be answered before the command
  bench.answer("R");
  REQUIRE(bench.until_received(client, 3));
  client.send(get_request(5));
  REQUIRE(bench.until_asked(4));
  CHECK_FALSE(bench.told.requests[3].has_commands);
}

TEST_CASE("replies find their sessions") {
  socket_bench bench;
  std::vector<test_client> clients;
  for (std::uint16_t n = 0; n < 20; ++n) {
    clients.push_back(bench.client());
    clients.back().send(get_request(static_cast<std::uint16_t>(n + 1)));
  }
  REQUIRE(bench.until_asked(20));
  for (const auto& asked : bench.told.requests) {
    request_batch batch{.round = asked.round};
    for (const auto& request : asked.requests) {
      append(batch.encoded, big16(request.node.value));
      batch.replies.push_back({request.session, 2, 1});
    }
    caf::anon_send(bench.it, std::move(batch));
  }
  for (std::uint16_t n = 0; n < 20; ++n) {
    REQUIRE(bench.until_received(clients[n], 2));
    CHECK(clients[n].received() == big16(static_cast<std::uint16_t>(n + 1)));
  }
}

TEST_CASE("one newline after a request is skipped, also when it comes later") {
  socket_bench bench;
  auto client = bench.client();
  client.send(get_request(5) + "\n" + get_request(6));
  REQUIRE(bench.until_asked(2));
  client.send("\n");
  bench.world.run();
  client.send(get_request(7) + "\n");
  REQUIRE(bench.until_asked(3));
  CHECK(nodes_asked(bench.told) == nodes{5, 6, 7});
}

TEST_CASE("a second newline is not skipped: it begins an unknown command") {
  socket_bench bench;
  auto client = bench.client();
  client.send(get_request(5) + "\n\n" + get_request(6));
  REQUIRE(bench.until_asked(1));
  bench.answer("R");
  REQUIRE(bench.until_ended(client));
  CHECK(client.received() == "R" + failed("Unknown Command"));
  CHECK(nodes_asked(bench.told) == nodes{5});
}

TEST_CASE("a newline before the first request is not skipped") {
  socket_bench bench;
  auto client = bench.client();
  client.send("\n" + get_request(5));
  REQUIRE(bench.until_ended(client));
  CHECK(client.received() == failed("Unknown Command"));
}

TEST_CASE("a newline that follows a request which had to wait is skipped once, too") {
  socket_bench bench;
  auto client = bench.client();
  client.send(get_request(5) + "\n" + get_request(0) + "\n" + get_request(6));
  for (std::size_t n = 1; n <= 3; ++n) {
    REQUIRE(bench.until_asked(n));
    bench.answer("R");
  }
  REQUIRE(bench.until_received(client, 3));
  CHECK(nodes_asked(bench.told) == nodes{5, 0, 6});
}

TEST_CASE("replies that are pending at a half-close are still sent") {
  socket_bench bench;
  auto client = bench.client();
  client.send(get_request(5) + get_request(6));
  client.half_close();
  REQUIRE(bench.until_asked(2));
  CHECK(!client.ended());
  bench.answer("R");
  REQUIRE(bench.until_ended(client));
  CHECK(client.received() == "RR");
}

TEST_CASE("a half-close loses no request that had to wait for its turn") {
  socket_bench bench;
  auto client = bench.client();
  client.send(get_request(5) + get_request(0) + get_request(0xFFFF) + "NSTAT" + "[REQ]"
              + big16(9) + "yes");
  client.half_close();
  for (std::size_t n = 1; n <= 5; ++n) {
    REQUIRE(bench.until_asked(n));
    bench.answer("R");
  }
  REQUIRE(bench.until_ended(client));
  CHECK(client.received() == "RRRRR");
  CHECK(payload_of(bench.told.requests.back(), 0) == "yes");
}

TEST_CASE("an unfinished request at a half-close is dropped without a reply") {
  socket_bench bench;
  auto client = bench.client();
  client.send(get_request(5) + "[GET]");
  client.half_close();
  REQUIRE(bench.until_asked(1));
  bench.answer("R");
  REQUIRE(bench.until_ended(client));
  CHECK(client.received() == "R");
}

TEST_CASE("an unknown command closes after the replies before it, and nothing behind it runs") {
  socket_bench bench;
  auto client = bench.client();
  client.send(get_request(5) + "HELLO" + get_request(6));
  REQUIRE(bench.until_asked(1));
  bench.world.run();
  CHECK(client.received().empty());
  bench.answer("R");
  REQUIRE(bench.until_ended(client));
  CHECK(client.received() == "R" + failed("Unknown Command"));
  client.send(get_request(7));
  bench.world.run();
  CHECK(bench.asked() == 1);
}

TEST_CASE("a client that goes on talking after its refusal is cut off after a second") {
  socket_bench bench;
  auto client = bench.client();
  client.send("HELLO");
  REQUIRE(bench.until_ended(client)); // the gateway's half
  for (auto n = 0; n < 8; ++n) {
    client.offer("more");
    bench.world.advance(250ms);
  }
  CHECK(bench.until_connected(0));
}

TEST_CASE("a request with a large reply runs alone, those behind it wait unread") {
  socket_bench bench;
  auto client = bench.client();
  client.send(get_request(0) + get_request(5) + get_request(6));
  REQUIRE(bench.until_asked(1));
  bench.world.run();
  CHECK(bench.asked() == 1);
  bench.answer("R");
  REQUIRE(bench.until_asked(3));
  CHECK(nodes_asked(bench.told) == nodes{0, 5, 6});
}

TEST_CASE("[REQ] ends with silence") {
  socket_bench bench;
  auto client = bench.client();
  client.send("[REQ]" + big16(9) + "yes\n");
  REQUIRE(bench.until_asked(1));
  const auto& asked = bench.told.requests[0].requests[0];
  CHECK(asked.kind == request_kind::answer);
  CHECK(asked.node == node_address{9});
  CHECK(payload_of(bench.told.requests[0], 0) == "yes\n");
  bench.answer("S");
  REQUIRE(bench.until_ended(client));
  CHECK(client.received() == "S");
}

TEST_CASE("[REQ] ends at a half-close, and whatever looks like a request is its answer") {
  socket_bench bench;
  auto client = bench.client();
  client.send("[REQ]" + big16(9) + get_request(5));
  client.half_close();
  REQUIRE(bench.until_asked(1));
  CHECK(payload_of(bench.told.requests[0], 0) == get_request(5));
  bench.answer("S");
  REQUIRE(bench.until_ended(client));
  CHECK(client.received() == "S");
  CHECK(bench.asked() == 1);
}

TEST_CASE("[REQ] ends at 1,024 bytes, what follows is not heard") {
  socket_bench bench;
  auto client = bench.client();
  client.send("[REQ]" + big16(9) + std::string(5'000, 'x'));
  REQUIRE(bench.until_asked(1));
  CHECK(payload_of(bench.told.requests[0], 0) == std::string(1024 - 7, 'x'));
  bench.answer("S");
  REQUIRE(bench.until_ended(client));
  CHECK(client.received() == "S");
}

TEST_CASE("the sender of a [REQ] may close without reading the reply") {
  socket_bench bench;
  {
    auto client = bench.client();
    client.send("[REQ]" + big16(9) + "yes");
  }
  REQUIRE(bench.until_asked(1));
  CHECK(payload_of(bench.told.requests[0], 0) == "yes");
  bench.answer("S");
  CHECK(bench.until_connected(0));
}

TEST_CASE("a [REQ] that was read is run though its sender has reset the connection") {
  socket_bench bench;
  auto client = bench.client();
  client.send("[REQ]" + big16(9) + "yes");
  REQUIRE(bench.until_connected(1));
  bench.world.run();
  client.abort();
  REQUIRE(bench.until_asked(1));
  CHECK(payload_of(bench.told.requests[0], 0) == "yes");
}

TEST_CASE("a [REQ] without a whole address is an unknown command") {
  socket_bench bench;
  auto client = bench.client();
  client.send("[REQ]" + hex("00"));
  client.half_close();
  REQUIRE(bench.until_ended(client));
  CHECK(client.received() == failed("Unknown Command"));
  CHECK(bench.asked() == 0);
}

TEST_CASE("the requests before a [REQ] are answered before it") {
  socket_bench bench;
  auto client = bench.client();
  client.send(get_request(5) + "[REQ]" + big16(9) + "yes");
  REQUIRE(bench.until_asked(2));
  bench.answer("R");
  REQUIRE(bench.until_ended(client));
  CHECK(client.received() == "RR");
  CHECK(nodes_asked(bench.told) == nodes{5, 9});
}

TEST_CASE("a client that resets its connection takes nobody with it") {
  socket_bench bench;
  auto client = bench.client();
  auto other = bench.client();
  client.send(get_request(5));
  other.send(get_request(6));
  REQUIRE(bench.until_asked(2));
  client.abort();
  bench.world.run();
  bench.answer("R");
  REQUIRE(bench.until_received(other, 1));
  CHECK(other.received() == "R");
  CHECK(bench.until_connected(1));
}

TEST_CASE("only so many requests of a client are under way, the others wait for their turn") {
  constexpr std::size_t wanted = 3 * limits::requests_under_way;
  socket_bench bench;
  auto client = bench.client();
  std::string requests;
  for (std::size_t n = 0; n < wanted; ++n)
    requests += active_count;
  for (std::string_view rest = requests; !rest.empty(); bench.world.run())
    rest.remove_prefix(client.offer(rest));
  REQUIRE(bench.until_asked(limits::requests_under_way));
  CHECK(bench.asked() == limits::requests_under_way);
  REQUIRE(bench.world.until([&] {
    bench.answer("R");
    return client.received().size() == wanted;
  }));
  CHECK(bench.asked() == wanted);
}

TEST_CASE("a client that pipelines large requests and never reads costs bounded memory") {
  constexpr std::size_t wanted = 2'000;
  constexpr std::size_t reply_size = 100'000; // 200 MB in all
  socket_bench bench;
  auto client = bench.client(64 * 1024);
  std::string requests;
  for (std::size_t n = 0; n < wanted; ++n)
    requests += get_request(0);
  client.send(requests);
  const auto reply = std::string(reply_size, 'r');
  for (auto n = 0; n < 1'000; ++n) {
    bench.world.run();
    bench.answer(reply);
  }
  // What the sockets of both sides hold (tcp_wmem is 4 MB at most, tcp_rmem was set), the backlog
  // and one reply.
  CHECK(bench.asked() * reply_size < 16'000'000);

  std::size_t received = 0;
  REQUIRE(bench.world.until([&] {
    received += client.received().size();
    client.forget_received();
    bench.answer(reply);
    return received == wanted * reply_size;
  }));
  CHECK(bench.asked() == wanted);
}

TEST_CASE("a client that pipelines small requests and never reads is not read for ever") {
  socket_bench bench;
  auto client = bench.client(64 * 1024);
  auto chunk = std::string{};
  for (auto n = 0; n < 1'000; ++n)
    chunk += get_request(5);
  const auto reply = std::string(250, 'r');
  std::size_t offered = 0;
  std::string rest = chunk;
  for (auto n = 0; n < 2'000 && offered < 100'000'000; ++n) {
    auto count = client.offer(rest);
    offered += count;
    rest = rest.substr(count);
    if (rest.empty())
      rest = chunk;
    bench.world.run();
    bench.answer(reply);
  }
  CHECK(bench.asked() * reply.size() < 32'000'000);
  auto whole_requests = [&] { return offered / get_request(5).size(); };
  std::size_t received = 0;
  REQUIRE(bench.world.until([&] {
    received += client.received().size();
    client.forget_received();
    bench.answer(reply);
    return received == whole_requests() * reply.size();
  }));
}
