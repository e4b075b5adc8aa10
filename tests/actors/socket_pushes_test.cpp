// Listening and watching connections of the client socket (wire §4).
#include "tests/actors/socket_bench.hpp"

#include <boost/json.hpp>

using namespace xylem;
using namespace xylem::testing;

namespace {

const std::string listen_request = "[syn]" + hex("00");
const std::string listen_accepted = "[ack]" + hex("00");
const std::string watch_request = "[EVT]" + hex("00");

event message(std::uint16_t node, std::string_view payload, std::string_view code = "[M]") {
  return {.node = node_address{node},
          .code = type_code{code},
          .kind = event_kind::message,
          .data = small_bytes{view_of(payload)}};
}

event reading(std::uint16_t node) {
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

test_client watcher(socket_bench& bench, int receive_buffer = 0) {
  auto client = bench.client(receive_buffer);
  client.send(watch_request);
  REQUIRE(bench.until_received(client, 1));
  REQUIRE(client.received() == "S");
  client.forget_received();
  return client;
}

/// The JSON lines that have come, each whole.
std::vector<boost::json::object> lines(test_client& from) {
  std::vector<boost::json::object> all;
  std::istringstream in{from.received()};
  for (std::string line; std::getline(in, line) && !in.eof();)
    all.push_back(boost::json::parse(line).as_object());
  return all;
}

/// Everything that has been published so far has also been handed to the sockets.
[[nodiscard]] bool until_lines(socket_bench& bench, test_client& from, std::size_t count) {
  return bench.world.until([&] {
    return std::ranges::count(from.received(), '\n') >= static_cast<std::ptrdiff_t>(count);
  });
}

void restart_hub(socket_bench& bench) {
  caf::anon_send_exit(bench.hub, caf::exit_reason::kill);
  bench.hub = bench.world.system.spawn(event_hub, event_settings{}, std::uint64_t{2},
                                       &bench.world.env);
}

} // namespace

// -- listeners

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
  bench.publish({reading(5), {.kind = event_kind::node_joined}, {.kind = event_kind::link_changed},
                 {.kind = event_kind::command}, {.kind = event_kind::root_log}, message(5, "!")});
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
    bench.publish({message(5, "!"), reading(5)});
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

// -- watchers

TEST_CASE("a watcher gets every event of its mesh as a line of JSON, with its number") {
  socket_bench bench;
  auto client = watcher(bench);
  bench.publish({reading(5), message(6, "hi")});
  caf::anon_send(bench.hub, event_batch{bench.world.clock.now(), {event{.mesh = mesh_index{9}}}});
  bench.publish({{.kind = event_kind::root_log, .data = small_bytes{view_of("log\n")}}});
  REQUIRE(until_lines(bench, client, 3));
  auto all = lines(client);
  REQUIRE(all.size() == 3);
  CHECK(all[0]["kind"] == "reading");
  CHECK(all[0]["epoch"] == 1);
  CHECK(all[0]["seq"] == 1);
  CHECK(all[0]["mesh"] == "default");
  CHECK(all[0]["node"] == 5);
  CHECK(all[0]["type"] == "T01");
  CHECK(all[1]["kind"] == "message");
  CHECK(all[1]["text"] == "hi");
  CHECK(all[2]["kind"] == "root_log");
  CHECK(all[2]["seq"] == 4); // 3 was another mesh's
}

TEST_CASE("a watcher sees nothing that happened before it came, whoever was there before") {
  socket_bench bench;
  {
    auto earlier = watcher(bench);
    bench.publish({reading(1)});
    REQUIRE(until_lines(bench, earlier, 1));
  }
  REQUIRE(bench.until_connected(0));
  bench.publish({reading(2), reading(3)});
  auto listening = listener(bench);
  bench.publish({message(4, "!"), reading(5)});
  auto client = watcher(bench);
  bench.publish({reading(6)});
  REQUIRE(until_lines(bench, client, 1));
  auto all = lines(client);
  REQUIRE(all.size() == 1);
  CHECK(all[0]["node"] == 6);
  CHECK(listening.received() == "[MSG]" + big16(4) + "!");
}

TEST_CASE("a watcher that does not read loses the oldest events, is told how many, and stays") {
  constexpr std::size_t count = 10'000; // lines of 1.6 KB: more than sockets and queue take
  socket_bench bench;
  auto client = watcher(bench, 4 * 1024);
  for (std::size_t n = 0; n < count / 1'000; ++n)
    bench.publish(std::vector<event>(1'000, message(5, std::string(500, 'x'))));
  std::size_t told = 0, missed = 0;
  std::uint64_t last = 0;
  std::string whole;
  REQUIRE(bench.world.until([&] {
    whole += client.received();
    client.forget_received();
    for (auto end = whole.find('\n'); end != std::string::npos; end = whole.find('\n')) {
      auto line = boost::json::parse(whole.substr(0, end)).as_object();
      whole.erase(0, end + 1);
      if (line["kind"] == "gap")
        missed += number(line, "count");
      else
        ++told;
      last = number(line, "seq");
      CHECK(last == told + missed); // no event is in neither
    }
    return last == count;
  }));
  CHECK(missed > 0);
  auto status = bench.status();
  const auto& counters = status["subscribers"].as_array().at(0).as_object();
  CHECK(number(counters, "published") == count);
  CHECK(number(counters, "delivered") == told);
  CHECK(number(counters, "dropped") == missed);
  CHECK(number(counters, "queued") == 0);
}

TEST_CASE("watchers are told by a gap that the hub was started anew, and then what it knows") {
  socket_bench bench;
  auto client = watcher(bench);
  bench.publish({reading(5)});
  restart_hub(bench);
  bench.publish({reading(6)});
  bench.wire();
  bench.publish({reading(7)});
  REQUIRE(until_lines(bench, client, 4));
  auto all = lines(client);
  REQUIRE(all.size() == 4);
  CHECK(all[0]["epoch"] == 1);
  CHECK(all[1]["kind"] == "gap");
  CHECK(all[1]["epoch"] == 2);
  CHECK(all[1]["reason"] == "other epoch");
  CHECK(all[2]["node"] == 6);
  CHECK(all[3]["node"] == 7);
}

TEST_CASE("watchers that have seen no event yet are told of the gap, too") {
  socket_bench bench;
  auto client = watcher(bench);
  restart_hub(bench);
  bench.wire();
  REQUIRE(until_lines(bench, client, 1));
  CHECK(lines(client)[0]["kind"] == "gap");
}

TEST_CASE("events of an old hub that still wait keep their epoch") {
  // Unprintable bytes make lines of 7 kB: 6 MB, more than the sockets take while nobody reads.
  constexpr std::size_t old_events = 900;
  socket_bench bench;
  auto client = watcher(bench, 4 * 1024);
  bench.publish(std::vector<event>(old_events, message(5, std::string(1'000, '\x01'))));
  restart_hub(bench);
  bench.wire();
  bench.publish({reading(7)});
  REQUIRE(until_lines(bench, client, old_events + 2));
  auto all = lines(client);
  for (std::size_t i = 0; i < old_events; ++i)
    REQUIRE(all[i]["epoch"] == 1);
  CHECK(all[old_events]["kind"] == "gap");
  CHECK(all[old_events]["epoch"] == 2);
  CHECK(all[old_events + 1]["node"] == 7);
}

TEST_CASE("a server that stops writes the events that wait") {
  socket_bench bench;
  auto client = watcher(bench, 4 * 1024);
  bench.publish(std::vector<event>(1'000, message(5, std::string(500, 'x'))));
  bench.stop();
  REQUIRE(bench.until_ended(client));
  CHECK(lines(client).size() == 1'000);
}
