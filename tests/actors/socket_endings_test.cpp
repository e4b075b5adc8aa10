// How connections to the client socket end, and what happens when the actors behind it do.
#include "actors/error.hpp"
#include "tests/actors/socket_bench.hpp"

#include <algorithm>

using namespace xylem;
using namespace xylem::testing;

namespace {

const std::string active_count = "ACT-C";

mesh_settings with_clients(std::size_t count) {
  mesh_settings settings;
  settings.clients = count;
  return settings;
}

mesh_settings with_idle_timeout(milliseconds idle) {
  mesh_settings settings;
  settings.idle_timeout = idle;
  return settings;
}

/// Connected, and known to the gateway.
test_client settled_client(socket_bench& bench, std::uint64_t connected) {
  auto client = bench.client();
  REQUIRE(bench.until_connected(connected));
  return client;
}

} // namespace

// -- time-outs

TEST_CASE("a request that stays incomplete for 5 s fails with Timeout, not much earlier or later") {
  socket_bench bench;
  auto client = settled_client(bench, 1);
  client.send("[GET]");
  bench.world.run();
  bench.world.advance(4'999ms);
  CHECK(client.received().empty());
  CHECK(!client.ended());
  bench.world.advance(1'001ms); // looked at once a second
  REQUIRE(bench.until_ended(client));
  CHECK(client.received() == failed("Timeout"));
}

TEST_CASE("bytes that trickle in do not keep an incomplete request alive") {
  socket_bench bench;
  auto client = settled_client(bench, 1);
  for (auto byte : std::string{"SEND-"}) {
    client.send({&byte, 1});
    bench.world.run();
    bench.world.advance(1s);
  }
  bench.world.advance(1s);
  REQUIRE(bench.until_ended(client));
  CHECK(client.received() == failed("Timeout"));
}

TEST_CASE("the time of a request begins with its first byte, not with the connection") {
  socket_bench bench;
  auto client = settled_client(bench, 1);
  bench.world.advance(30s);
  client.send("[GET]");
  bench.world.run();
  bench.world.advance(4s);
  client.send(big16(5) + "T01");
  REQUIRE(bench.until_asked(1));
  bench.world.advance(30s);
  bench.answer("R");
  REQUIRE(bench.until_received(client, 1));
  CHECK(client.received() == "R");
  CHECK(!client.ended());
}

TEST_CASE("a Timeout comes after the replies before it") {
  socket_bench bench;
  auto client = settled_client(bench, 1);
  client.send(get_request(5) + "[GE");
  REQUIRE(bench.until_asked(1));
  bench.world.advance(7s);
  CHECK(client.received().empty());
  bench.answer("R");
  REQUIRE(bench.until_ended(client));
  CHECK(client.received() == "R" + failed("Timeout"));
}

TEST_CASE("a connection without a request is closed after 60 s, without a word") {
  socket_bench bench;
  auto client = settled_client(bench, 1);
  bench.world.advance(59s);
  CHECK(!client.ended());
  bench.world.advance(2s);
  REQUIRE(bench.until_ended(client));
  CHECK(client.received().empty());
  CHECK(number(bench.status(), "ended/idle") == 1);
}

TEST_CASE("every request starts the idle time anew") {
  socket_bench bench;
  auto client = settled_client(bench, 1);
  for (std::size_t n = 1; n <= 3; ++n) {
    bench.world.advance(50s);
    client.send(get_request(5));
    REQUIRE(bench.until_asked(n));
    bench.answer("R");
    REQUIRE(bench.until_received(client, n));
  }
  CHECK(!client.ended());
}

TEST_CASE("a connection whose reply is under way is not idle") {
  socket_bench bench;
  auto client = settled_client(bench, 1);
  client.send(get_request(5));
  REQUIRE(bench.until_asked(1));
  bench.world.advance(5min);
  CHECK(!client.ended());
  bench.answer("R");
  REQUIRE(bench.until_received(client, 1));
  CHECK(client.received() == "R");
}

TEST_CASE("an idle time-out of 0 means never") {
  socket_bench bench{with_idle_timeout(0ms)};
  auto client = settled_client(bench, 1);
  bench.world.advance(1h);
  client.send(get_request(5));
  REQUIRE(bench.until_asked(1));
}

TEST_CASE("a client that takes no replies is closed after the idle time") {
  socket_bench bench;
  auto client = bench.client(4 * 1024);
  client.send(get_request(0));
  REQUIRE(bench.until_asked(1));
  bench.answer(std::string(20'000'000, 'r'));
  bench.world.advance(62s);
  CHECK(bench.until_connected(0));
  CHECK(number(bench.status(), "ended/client reads no replies") == 1);
  CHECK(bench.world.count_in_log("client cut off") == 1);
}

// -- the limit

TEST_CASE("a client above the limit is told so, and another may come when one has gone") {
  socket_bench bench{with_clients(2)};
  auto first = std::optional{settled_client(bench, 1)};
  auto second = settled_client(bench, 2);
  {
    auto third = bench.client();
    REQUIRE(bench.until_ended(third));
    CHECK(third.received() == failed("Too Many Clients"));
  }
  CHECK(bench.until_connected(2));
  first.reset();
  CHECK(bench.until_connected(1));
  auto fourth = settled_client(bench, 2);
  fourth.send(get_request(5));
  REQUIRE(bench.until_asked(1));
  auto status = bench.status();
  CHECK(number(status, "accepted") == 3);
  CHECK(number(status, "refused") == 1);
  CHECK(number(status, "limit") == 2);
  CHECK(number(status, "failures/Too Many Clients") == 1);
}

TEST_CASE("64 clients that were turned away may linger, more of them are closed without a word") {
  socket_bench bench{with_clients(1)};
  auto first = settled_client(bench, 1);
  std::vector<test_client> others;
  for (auto n = 0; n < 200; ++n)
    others.push_back(bench.client());
  auto ended = [](test_client& each) { return each.ended(); };
  auto told = [](test_client& each) { return each.received() == failed("Too Many Clients"); };
  REQUIRE(bench.world.until([&] { return std::ranges::all_of(others, ended); }));
  CHECK(std::ranges::count_if(others, told) == 64);
  CHECK(number(bench.status(), "connected") == 1);
  CHECK(number(bench.status(), "refused") == 200);

  bench.world.advance(2s); // they do not close, so the gateway does, and others are told again
  auto late = bench.client();
  REQUIRE(bench.until_ended(late));
  CHECK(told(late));
}

TEST_CASE("a turned away client's requests are not run") {
  socket_bench bench{with_clients(1)};
  auto first = settled_client(bench, 1);
  auto second = bench.client();
  second.send(send_request(5, "hi"));
  REQUIRE(bench.until_ended(second));
  CHECK(second.received() == failed("Too Many Clients"));
  CHECK(bench.asked() == 0);
}

// -- actors that are no more

TEST_CASE("requests under way to an actor that was restarted fail, later ones work") {
  for (auto restarted : {"network manager", "node cache"}) {
    CAPTURE(restarted);
    socket_bench bench;
    auto client = bench.client();
    client.send(get_request(5) + get_request(6));
    REQUIRE(bench.until_asked(2));
    if (std::string_view{restarted} == "node cache")
      bench.cache = bench.world.system.spawn(cache_probe, &bench.told);
    else
      bench.manager = bench.world.system.spawn(manager_probe, &bench.told);
    bench.wire();
    auto both = failed("Not Available") + failed("Not Available");
    REQUIRE(bench.until_received(client, both.size()));
    CHECK(client.received() == both);

    client.forget_received();
    client.send(get_request(7));
    REQUIRE(bench.until_asked(3));
    bench.answer("R"); // to the two that were given up as well: nobody waits for these
    REQUIRE(bench.until_received(client, 1));
    CHECK(client.received() == "R");
  }
}

TEST_CASE("a request that waited behind one that fails is still run") {
  socket_bench bench;
  auto client = bench.client();
  client.send(get_request(0) + get_request(5));
  REQUIRE(bench.until_asked(1));
  bench.manager = bench.world.system.spawn(manager_probe, &bench.told);
  bench.wire();
  REQUIRE(bench.until_asked(2));
  bench.answer("R");
  auto expected = failed("Not Available") + "R";
  REQUIRE(bench.until_received(client, expected.size()));
  CHECK(client.received() == expected);
}

TEST_CASE("wiring that changes nothing fails no request") {
  socket_bench bench;
  auto client = bench.client();
  client.send(get_request(5));
  REQUIRE(bench.until_asked(1));
  bench.wire();
  bench.answer("R");
  REQUIRE(bench.until_received(client, 1));
  CHECK(client.received() == "R");
}

TEST_CASE("requests fail at once while there is no network manager or no node cache") {
  for (auto missing : {"network manager", "node cache"}) {
    CAPTURE(missing);
    socket_bench bench;
    auto manager = bench.manager;
    auto cache = bench.cache;
    if (std::string_view{missing} == "node cache")
      bench.cache = nullptr;
    else
      bench.manager = nullptr;
    bench.wire();
    auto client = bench.client();
    client.send(get_request(5) + get_request(0) + active_count);
    std::string expected;
    for (auto n = 0; n < 3; ++n)
      expected += failed("Not Available");
    REQUIRE(bench.until_received(client, expected.size()));
    CHECK(client.received() == expected);
    CHECK(bench.asked() == 0);

    bench.manager = manager;
    bench.cache = cache;
    bench.wire();
    client.send(get_request(5));
    REQUIRE(bench.until_asked(1));
  }
}

// -- the end

TEST_CASE("a server that stops sends the replies under way, then closes and ends") {
  socket_bench bench;
  auto idle = settled_client(bench, 1);
  auto client = settled_client(bench, 2);
  client.send(get_request(5));
  REQUIRE(bench.until_asked(1));
  bench.stop();
  REQUIRE(bench.until_ended(idle));
  CHECK(!client.ended());
  CHECK(!*bench.end);
  bench.answer("R");
  REQUIRE(bench.until_ended(client));
  CHECK(client.received() == "R");
  REQUIRE(bench.world.until([&] { return bench.end->has_value(); }));
  CHECK(**bench.end == caf::exit_reason::user_shutdown);
}

TEST_CASE("a server that stops writes out a long reply that its client takes slowly") {
  constexpr std::size_t size = 20'000'000;
  socket_bench bench;
  auto client = bench.client(64 * 1024);
  client.send(get_request(0));
  REQUIRE(bench.until_asked(1));
  bench.answer(std::string(size, 'r'));
  bench.stop();
  CHECK(!*bench.end);
  REQUIRE(bench.until_received(client, size));
  REQUIRE(bench.until_ended(client));
  CHECK(client.received().size() == size);
}

TEST_CASE("a server without clients stops at once") {
  socket_bench bench;
  bench.stop();
  REQUIRE(*bench.end);
  CHECK(**bench.end == caf::exit_reason::user_shutdown);
}

TEST_CASE("a server that stops listens no more") {
  socket_bench bench;
  auto client = settled_client(bench, 1);
  client.send(get_request(5));
  REQUIRE(bench.until_asked(1));
  bench.stop();
  mesh_settings same;
  same.listen = {"127.0.0.1", bench.port};
  auto next = bench.world.system.spawn(socket_server, socket_bench::mesh, &same,
                                       make_dialect("classic"), &bench.world.env);
  auto end = bench.world.end_of(next);
  bench.world.run();
  CHECK(!*end);
  caf::anon_send_exit(next, caf::exit_reason::kill);
  bench.world.run();
}

TEST_CASE("a server that is ended by force closes its connections and frees its address") {
  socket_bench bench;
  auto client = settled_client(bench, 1);
  client.send(get_request(5));
  REQUIRE(bench.until_asked(1));
  caf::anon_send_exit(bench.it, caf::exit_reason::kill);
  REQUIRE(bench.until_ended(client));
  bench.settings.listen.port = bench.port;
  bench.it = bench.world.system.spawn(socket_server, socket_bench::mesh, &bench.settings,
                                      make_dialect("classic"), &bench.world.env);
  bench.wire();
  auto again = bench.client();
  again.send(get_request(5));
  REQUIRE(bench.until_asked(2));
}

TEST_CASE("a server whose address is taken ends with an error that names it") {
  socket_bench bench;
  mesh_settings same;
  same.listen = {"127.0.0.1", bench.port};
  auto second = bench.world.system.spawn(socket_server, socket_bench::mesh, &same,
                                         make_dialect("classic"), &bench.world.env);
  auto end = bench.world.end_of(second);
  bench.world.run();
  REQUIRE(*end);
  CHECK(is(**end, gateway_error::cannot_serve));
  CHECK(describe(**end)
        == "cannot listen on 127.0.0.1:" + std::to_string(bench.port)
             + ": Address already in use");
}
