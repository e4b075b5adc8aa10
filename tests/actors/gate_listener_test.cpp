#include "gate_bench.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>

using namespace xylem;
using namespace xylem::testing;

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using pki::certificate_use;
using days = std::chrono::days;

/// A listener alone, and who was let in.
struct listener_bench : tls_bench {
  explicit listener_bench(gate_limits limits = {}) {
    listener = std::make_shared<gate_listener>(
      io, clock, tls, limits,
      gate_listener::events{
        .admitted = [this](admitted_monitor who) { admitted.push_back(std::move(who)); },
        .log = [this](log_level, std::string_view line) { lines.emplace_back(line); }});
    listener->allow(monitor_access{{{"office", access_scope::command}}});
    listener->listen({"127.0.0.1", 0});
  }

  ~listener_bench() { listener->close(); }

  void run_until(const std::function<bool()>& done) {
    auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!done()) {
      io.restart();
      io.run_one_for(100ms);
      if (std::chrono::steady_clock::now() > deadline)
        FAIL("20 s are over");
    }
  }

  std::uint64_t refused(const std::string& reason) const {
    const auto& counts = listener->refusals().counts();
    auto found = counts.find(reason);
    return found == counts.end() ? 0 : found->second;
  }

  tcp::socket connect() {
    tcp::socket socket{io};
    socket.connect({asio::ip::address_v4::loopback(), listener->port()});
    return socket;
  }

  /// Says this, and waits until it is refused for that.
  void say(const std::string& text, const std::string& reason) {
    auto socket = connect();
    asio::write(socket, asio::buffer(text));
    auto before = refused(reason);
    run_until([&] { return refused(reason) > before; });
  }

  /// Shakes hands as this node; the socket stays open.
  struct client {
    client(listener_bench& bench, const tls_files& files)
        : tls{files, bench.clock}, stream{bench.connect(), tls.client()} {
      stream.async_handshake(asio::ssl::stream_base::client, [this](auto failed) {
        error = failed;
        done = true;
      });
    }

    mutual_tls tls;
    asio::ssl::stream<tcp::socket> stream;
    boost::system::error_code error;
    bool done = false;
  };

  asio::io_context io{1};
  gate_clock clock;
  mutual_tls_ptr tls = std::make_shared<mutual_tls>(
    node("north", certificate_use::node, tls_test_time, days{9}), clock);
  std::vector<admitted_monitor> admitted;
  std::vector<std::string> lines;
  std::shared_ptr<gate_listener> listener;
};

} // namespace

TEST_CASE_FIXTURE(listener_bench, "a monitor in the list is let in, with its name and scope") {
  client office{*this, node("office", certificate_use::monitor)};
  run_until([&] { return !admitted.empty(); });
  CHECK(admitted[0].who.name == "office");
  CHECK(admitted[0].shown == "office");
  CHECK(admitted[0].scope == access_scope::command);
  CHECK(admitted[0].address
        == "127.0.0.1:" + std::to_string(office.stream.next_layer().local_endpoint().port()));
  CHECK(listener->handshakes() == 0);
  CHECK(listener->accepted() == 1);
  CHECK(listener->refusals().counts().empty());
}

TEST_CASE_FIXTURE(listener_bench, "what is not TLS is refused by its name") {
  say("GET / HTTP/1.1\r\nHost: north\r\n\r\n", "plain_text");
  say(std::string(200, '\xA5'), "plain_text");
  REQUIRE(!lines.empty());
  CHECK(lines[0].find("a monitor was refused: plain_text: ") == 0);
  CHECK(lines[0].find("(127.0.0.1:") != std::string::npos);
  CHECK(lines.size() == 1); // once a minute
}

TEST_CASE("who says nothing has no more than its time, and who hangs up is gone at once") {
  listener_bench bench{{.handshake_time = 50ms}};
  auto silent = bench.connect();
  bench.run_until([&] { return bench.refused("handshake_too_late") == 1; });
  bench.connect().close();
  bench.run_until([&] { return bench.refused("closed") == 1; });
  CHECK(bench.listener->handshakes() == 0);
}

TEST_CASE_FIXTURE(listener_bench, "nobody may say more than 64 KiB before it is known") {
  // A client hello of 100 KB that never ends.
  std::string hello{"\x16\x03\x01\x40\x00\x01\x01\x86\xA0", 9};
  hello += std::string(16 * 1024 - 4, 'x');
  for (auto i = 0; i < 5; ++i)
    hello += std::string{"\x16\x03\x01\x40\x00", 5} + std::string(16 * 1024, 'x');
  say(hello, "handshake_too_long");
}

TEST_CASE_FIXTURE(listener_bench, "a wrong certificate is refused for what is wrong with it") {
  tls_bench other;
  client stranger{*this, other.node("office", certificate_use::monitor)};
  run_until([&] { return stranger.done && refused("refused_by_peer") == 1; }); // it looks first
  client short_lived{*this, node("office", certificate_use::monitor, tls_test_time, days{1})};
  clock.wall += days{2};
  run_until([&] { return refused("expired") == 1; });
  clock.wall -= days{2};
  auto files = node("office", certificate_use::monitor);
  client revoked{*this, files};
  revoke({"office"});
  tls->refresh();
  run_until([&] { return refused("revoked") == 1; });
  client unknown{*this, node("nobody", certificate_use::monitor)};
  run_until([&] { return refused("not_allowed") == 1; });
  CHECK(admitted.empty());
  run_until([&] { return listener->handshakes() == 0; });
}

TEST_CASE_FIXTURE(listener_bench, "four connections of one name, and one more when one has ended") {
  auto files = node("office", certificate_use::monitor);
  std::vector<std::unique_ptr<client>> all;
  for (auto i = 0; i < 4; ++i) {
    all.push_back(std::make_unique<client>(*this, files));
    run_until([&] { return admitted.size() == all.size(); });
  }
  CHECK(admitted[3].shown == "office#4");
  client fifth{*this, files};
  run_until([&] { return refused("too_many_of_name") == 1; });
  listener->ended("office", admitted[1].shown);
  client sixth{*this, files};
  run_until([&] { return admitted.size() == 5; });
  CHECK(admitted[4].shown == "office#2");
}

TEST_CASE("one more than there is room for is refused, whatever its name") {
  listener_bench bench{{.connections = 1}};
  bench.listener->allow(monitor_access{{{"office"}, {"roof"}}});
  listener_bench::client office{bench, bench.node("office", certificate_use::monitor)};
  bench.run_until([&] { return bench.admitted.size() == 1; });
  listener_bench::client roof{bench, bench.node("roof", certificate_use::monitor)};
  bench.run_until([&] { return bench.refused("too_many_connections") == 1; });
}

TEST_CASE_FIXTURE(listener_bench, "an address has 8 half-open connections, and 10 at once") {
  std::vector<tcp::socket> all;
  for (auto i = 0; i < 8; ++i)
    all.push_back(connect());
  run_until([&] { return listener->handshakes() == 8; });
  auto ninth = connect();
  run_until([&] { return refused("too_many_of_address") == 1; });
  CHECK(listener->handshakes() == 8);
  all.clear();
  run_until([&] { return listener->handshakes() == 0; });
  auto tenth = connect();
  run_until([&] { return listener->handshakes() == 1; });
  auto eleventh = connect();
  run_until([&] { return refused("connects_too_often") == 1; });
  clock.ahead += 1s;
  auto later = connect();
  run_until([&] { return listener->handshakes() == 2; });
}

TEST_CASE_FIXTURE(listener_bench, "who was let in stays until certificate, name or scope is gone") {
  auto files = node("office", certificate_use::monitor);
  client office{*this, files};
  run_until([&] { return !admitted.empty(); });
  const auto& who = admitted[0].who;
  auto now = clock.wall;
  CHECK_FALSE(listener->why_not(who, access_scope::command, now));
  CHECK(listener->why_not(who, access_scope::command, now + days{2})->reason == "expired");
  listener->allow(monitor_access{{{"office", access_scope::read}}});
  CHECK(listener->why_not(who, access_scope::command, now)->reason == "scope_taken");
  listener->allow(monitor_access{});
  CHECK(listener->why_not(who, access_scope::command, now)->reason == "not_allowed");
  revoke({"office"});
  tls->refresh();
  CHECK(listener->why_not(who, access_scope::command, now)->reason == "revoked");
}

TEST_CASE_FIXTURE(listener_bench, "an address that is taken cannot be listened on") {
  auto other = std::make_shared<gate_listener>(io, clock, tls, gate_limits{},
                                               gate_listener::events{});
  CHECK_THROWS(other->listen({"127.0.0.1", listener->port()}));
}
