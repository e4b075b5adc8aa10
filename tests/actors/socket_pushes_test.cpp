// Listening connections of the client socket (wire §4).
#include "tests/actors/socket_bench.hpp"

using namespace xylem;
using namespace xylem::testing;

namespace {

const std::string listen_request = "[syn]" + hex("00");
const std::string listen_accepted = "[ack]" + hex("00");

event message(std::uint16_t node, std::string_view payload, std::string_view code = "[M]") {
  return {.node = node_address{node},
          .code = type_code{code},
          .kind = event_kind::message,
          .data = small_bytes{view_of(payload)}};
}

event reading_of(std::uint16_t node) {
  return {.node = node_address{node},
          .code = type_code{"T01"},
          .kind = event_kind::reading,
          .data = small_bytes{view_of("x")}};
}

test_client listener(socket_bench& bench, int receive_buffer = 0) {
  auto client = bench.client(receive_buffer);
  client.send(listen_request);
  REQUIRE(bench.until_received(client, listen_accepted.size()));
  REQUIRE(client.received() == listen_accepted);
  client.forget_received();
  return client;
}

void restart_hub(socket_bench& bench) {
  caf::anon_send_exit(bench.hub, caf::exit_reason::kill);
  bench.hub = bench.world.system.spawn(event_hub, event_settings{}, std::uint64_t{2},
                                       &bench.world.env);
}

} // namespace

TEST_CASE("a listener gets the pushes in the order of the UART, with its nodes' addresses") {
  socket_bench bench;
  auto client = listener(bench);
  event request{.node = node_address{7},
                .code = type_code{"<Q>"},
                .kind = event_kind::request,
                .data = small_bytes{view_of("what?")}};
  event restart{.code = type_code{"RST"}, .kind = event_kind::root_restarted};
  bench.publish({message(5, hex("02") + "hi"), request, message(6, "1", "xyz"), restart});
  auto expected = "[MSG]" + big16(5) + hex("02") + "hi" + "[REQ]" + hex("0700") + "what?"
                  + "[xyz]" + big16(6) + "1" + "[RST]" + big16(0);
  REQUIRE(bench.until_received(client, expected.size()));
  CHECK(client.received() == expected);
}

TEST_CASE("readings, joins and states are not pushed to listeners") {
  socket_bench bench;
  auto client = listener(bench);
  bench.publish({reading_of(5), {.kind = event_kind::node_joined},
                 {.kind = event_kind::link_changed}, {.kind = event_kind::command},
                 {.kind = event_kind::root_log}, message(5, "!")});
  auto expected = "[MSG]" + big16(5) + "!";
  REQUIRE(bench.until_received(client, expected.size()));
  CHECK(client.received() == expected);
}

TEST_CASE("the requests before [syn] are answered before its acknowledgement, none after it runs") {
  socket_bench bench;
  auto client = bench.client();
  client.send(get_request(5) + listen_request + get_request(6));
  REQUIRE(bench.until_asked(1));
  bench.world.run();
  CHECK(client.received().empty());
  bench.answer("R");
  REQUIRE(bench.until_received(client, 1 + listen_accepted.size()));
  client.send(get_request(7));
  bench.publish({message(5, "!")});
  auto expected = "R" + listen_accepted + "[MSG]" + big16(5) + "!";
  REQUIRE(bench.until_received(client, expected.size()));
  CHECK(client.received() == expected);
  CHECK(bench.asked() == 1);
}

TEST_CASE("nothing that happened before [syn] is pushed") {
  socket_bench bench;
  auto first = listener(bench);
  bench.publish({message(5, "early")});
  auto second = listener(bench);
  bench.publish({message(5, "late")});
  auto late = "[MSG]" + big16(5) + "late";
  REQUIRE(bench.until_received(second, late.size()));
  CHECK(second.received() == late);
}

TEST_CASE("each push is one write") {
  socket_bench bench;
  auto client = listener(bench);
  auto before = client.segments();
  bench.publish({message(5, "one"), message(5, "two"), message(5, "three"), message(5, "four")});
  auto size = 4 * 7 + std::string_view{"onetwothreefour"}.size();
  REQUIRE(bench.until_received(client, size));
  CHECK(client.segments() - before == 4);
}

TEST_CASE("a flood of pushes needs fewer writes than pushes") {
  socket_bench bench;
  auto client = listener(bench);
  auto before = client.segments();
  bench.publish(std::vector<event>(1'000, message(5, "12345678")));
  REQUIRE(bench.until_received(client, 15'000));
  CHECK(client.segments() - before < 100);
}

TEST_CASE("a listener is never idle") {
  socket_bench bench;
  auto client = listener(bench);
  bench.world.advance(10min);
  CHECK(!client.ended());
  bench.publish({message(5, "!")});
  CHECK(bench.until_received(client, 8));
}

TEST_CASE("the hub sends nothing when nobody listens any more") {
  socket_bench bench;
  bench.publish({message(5, "!")});
  CHECK(number(status_of(bench.world, bench.hub), "sent") == 0);
  {
    auto client = listener(bench);
    bench.publish({message(5, "!"), reading_of(5)});
    CHECK(number(status_of(bench.world, bench.hub), "sent") == 1);
  }
  REQUIRE(bench.until_connected(0));
  bench.publish({message(5, "!")});
  CHECK(number(status_of(bench.world, bench.hub), "sent") == 1);
}

TEST_CASE("a listener that does not read is cut off, the others miss nothing") {
  constexpr std::size_t size = 4'000, rounds = 10'000; // 40 MB
  socket_bench bench;
  auto slow = listener(bench, 4 * 1024);
  auto quick = listener(bench);
  auto asking = bench.client();
  const auto what = message(5, std::string(size, 'x'));
  std::size_t received = 0, published = 0;
  auto drain = [&] {
    received += quick.received().size();
    quick.forget_received();
    return received == published * (7 + size);
  };
  auto cut = [&] { return bench.world.count_in_log("client cut off") > 0; };
  while (published < rounds && !cut()) {
    bench.publish({what});
    ++published;
    REQUIRE(bench.world.until(drain));
  }
  REQUIRE(cut());
  CHECK(bench.world.count_in_log("reason=\"listener too slow\"") == 1);
  auto status = bench.status();
  CHECK(number(status, "listeners_cut") == 1);
  CHECK(number(status, "listeners") == 1);
  bench.publish({what});
  ++published;
  CHECK(bench.world.until(drain));
  asking.send(get_request(5));
  CHECK(bench.until_asked(1));
}

TEST_CASE("a listener with room for its whole queue is not cut off by one large batch") {
  mesh_settings settings;
  settings.listener_queue_pushes = 4;
  socket_bench bench{settings};
  auto client = listener(bench);
  bench.publish(std::vector<event>(100, message(5, "!")));
  REQUIRE(bench.until_received(client, 800));
  CHECK(number(bench.status(), "listeners_cut") == 0);
}

TEST_CASE("a server that stops writes the pushes that wait") {
  socket_bench bench;
  auto client = listener(bench, 4 * 1024);
  // As many as the queue surely takes when the socket takes none.
  bench.publish(std::vector<event>(250, message(5, std::string(4'000, 'x'))));
  bench.stop();
  REQUIRE(bench.until_ended(client));
  CHECK(client.received().size() == 250 * 4'007);
}

TEST_CASE("a hub that was started anew serves the listeners, also what came before they asked") {
  socket_bench bench;
  auto client = listener(bench);
  bench.publish({message(5, "old")});
  restart_hub(bench);
  bench.publish({message(5, "between")});
  bench.wire();
  bench.publish({message(5, "new")});
  std::string expected;
  for (auto text : {"old", "between", "new"})
    expected += "[MSG]" + big16(5) + text;
  REQUIRE(bench.until_received(client, expected.size()));
  CHECK(client.received() == expected);
}
