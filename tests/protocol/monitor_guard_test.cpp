#include "protocol/monitor_guard.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

const mono_time start{1h};

host_address ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, a, b, c, d};
}

host_address ipv6(std::uint8_t network, std::uint8_t host) {
  return {0x20, 1, 0x0D, 0xB8, 0, 0, 0, network, 0, 0, 0, 0, 0, 0, 0, host};
}

const host_address here = ipv4(192, 0, 2, 1);

/// Connects from ever other addresses, until nothing is refused or all of them were.
std::size_t accepted(monitor_guard& guard, std::size_t addresses) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < addresses; ++i)
    count += !guard.accept(ipv4(10, 0, static_cast<std::uint8_t>(i >> 8),
                                static_cast<std::uint8_t>(i & 255)), start);
  return count;
}

} // namespace

TEST_CASE("monitor guard: every refusal has a name of its own") {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < monitor_refusals; ++i)
    names.insert(to_string(static_cast<monitor_refusal>(i)));
  CHECK(names.size() == monitor_refusals);
  CHECK_FALSE(names.contains("unknown"));
  CHECK(to_string(static_cast<monitor_refusal>(200)) == "unknown");
  CHECK(to_string(monitor_refusal::connects_too_often) == "connects_too_often");
  CHECK(to_string(monitor_refusal::silent) == "silent");
}

TEST_CASE("monitor guard: an address connects 10 times at once, and then twice a second") {
  monitor_guard guard;
  auto connect = [&](mono_time when) {
    auto refused = guard.accept(here, when);
    if (!refused)
      guard.handshake_ended(here);
    return refused;
  };
  for (auto i = 0; i < 10; ++i)
    CHECK_FALSE(connect(start));
  CHECK(connect(start) == monitor_refusal::connects_too_often);
  CHECK(connect(start + 499ms) == monitor_refusal::connects_too_often);
  CHECK_FALSE(connect(start + 500ms));
  CHECK(connect(start + 999ms) == monitor_refusal::connects_too_often);
  CHECK_FALSE(connect(start + 1s));
  for (auto i = 0; i < 10; ++i)
    CHECK_FALSE(connect(start + 1h));
  CHECK(connect(start + 1h) == monitor_refusal::connects_too_often);
  CHECK(guard.refused(monitor_refusal::connects_too_often) == 4);
}

TEST_CASE("monitor guard: an address has at most 8 handshakes, whoever else connects") {
  monitor_guard guard;
  for (auto i = 0; i < 8; ++i)
    CHECK_FALSE(guard.accept(here, start));
  CHECK(guard.accept(here, start) == monitor_refusal::too_many_of_address);
  CHECK_FALSE(guard.accept(ipv4(192, 0, 2, 2), start));
  guard.handshake_ended(here);
  CHECK_FALSE(guard.accept(here, start));
}

TEST_CASE("monitor guard: a network of 64 bits is one address, and so is a mapped IPv4 address") {
  monitor_guard guard;
  for (std::uint8_t host = 1; host <= 8; ++host)
    CHECK_FALSE(guard.accept(ipv6(1, host), start));
  CHECK(guard.accept(ipv6(1, 99), start) == monitor_refusal::too_many_of_address);
  CHECK_FALSE(guard.accept(ipv6(2, 1), start));
  for (std::uint8_t host = 1; host <= 20; ++host)
    CHECK_FALSE(guard.accept(ipv4(192, 0, 2, host), start));
}

TEST_CASE("monitor guard: there are at most 64 handshakes in all") {
  monitor_guard guard;
  CHECK(accepted(guard, 100) == 64);
  CHECK(guard.handshakes() == 64);
  CHECK(guard.refused(monitor_refusal::too_many_handshakes) == 36);
  guard.handshake_ended(ipv4(10, 0, 0, 5));
  CHECK_FALSE(guard.accept(here, start));
}

TEST_CASE("monitor guard: a name has at most 4 connections, and all together 64") {
  monitor_guard guard;
  auto connect = [&](const std::string& name) {
    static std::uint8_t host = 0;
    auto from = ipv4(10, 1, 0, ++host);
    REQUIRE_FALSE(guard.accept(from, start));
    return guard.authenticated(from, name);
  };
  for (auto i = 0; i < 4; ++i)
    CHECK_FALSE(connect("office"));
  CHECK(connect("office") == monitor_refusal::too_many_of_name);
  CHECK(guard.connections_of("office") == 4);
  guard.ended("office");
  CHECK_FALSE(connect("office"));
  for (auto i = 4; i < 64; ++i)
    CHECK_FALSE(connect("n" + std::to_string(i)));
  CHECK(connect("one_more") == monitor_refusal::too_many_connections);
  CHECK(guard.connections() == 64);
  CHECK(guard.handshakes() == 0); // a refused one has ended, too
  guard.ended("n5");
  CHECK_FALSE(connect("one_more"));
}

TEST_CASE("monitor guard: addresses are forgotten, the oldest first, but not those of handshakes") {
  monitor_guard guard{{.handshakes = 2, .addresses = 4}};
  REQUIRE_FALSE(guard.accept(here, start));
  for (std::uint8_t i = 1; i <= 100; ++i) {
    auto from = ipv4(10, 0, 0, i);
    REQUIRE_FALSE(guard.accept(from, start + std::chrono::seconds{i}));
    guard.handshake_ended(from);
    CHECK(guard.addresses() <= 4);
  }
  CHECK(guard.handshakes() == 1);
  guard.handshake_ended(here);
}

TEST_CASE("monitor guard: what is refused is told at once, and then once a minute") {
  monitor_guard guard;
  CHECK(guard.to_tell(start).empty());
  guard.count(monitor_refusal::silent);
  using told = std::vector<told_refusal>;
  CHECK(guard.to_tell(start) == told{{monitor_refusal::silent, 1}});
  guard.count(monitor_refusal::silent);
  guard.count(monitor_refusal::silent);
  guard.count(monitor_refusal::violation);
  CHECK(guard.to_tell(start + 59s) == told{{monitor_refusal::violation, 1}});
  CHECK(guard.to_tell(start + 60s) == told{{monitor_refusal::silent, 2}});
  CHECK(guard.to_tell(start + 3h).empty());
  CHECK(guard.refused(monitor_refusal::silent) == 3);
}

TEST_CASE("monitor guard: whatever happens, its numbers are those of what is open") {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    monitor_guard guard{{.connections = 10, .handshakes = 12, .handshakes_of_address = 3,
                         .addresses = 16}};
    std::vector<host_address> open;
    std::vector<std::string> named;
    auto taken = [&](auto& list) {
      std::swap(list[random() % list.size()], list.back());
      auto one = list.back();
      list.pop_back();
      return one;
    };
    auto now = start;
    for (auto i = 0; i < 5000; ++i) {
      now += std::chrono::milliseconds{random() % 100};
      auto from = ipv4(10, 0, 0, static_cast<std::uint8_t>(random() % 60));
      auto name = std::string(1, static_cast<char>('a' + random() % 5));
      if (auto what = random() % 8; what < 4) {
        if (!guard.accept(from, now))
          open.push_back(from);
      } else if (what < 6 && !open.empty()) {
        if (!guard.authenticated(taken(open), name))
          named.push_back(name);
      } else if (what == 6 && !open.empty()) {
        guard.handshake_ended(taken(open));
      } else if (what == 7 && !named.empty()) {
        guard.ended(taken(named));
      }
      REQUIRE(guard.handshakes() == open.size());
      REQUIRE(guard.connections() == named.size());
      REQUIRE(open.size() <= 12);
      REQUIRE(named.size() <= 10);
      REQUIRE(guard.addresses() <= 16);
      REQUIRE(std::ranges::count(open, from) <= 3);
      REQUIRE(std::ranges::count(named, name) <= 4);
      REQUIRE(guard.connections_of(name)
              == static_cast<std::size_t>(std::ranges::count(named, name)));
    }
  }
}

TEST_CASE("monitor meter: before it is authenticated a connection sends 64 KiB") {
  monitor_meter meter{start};
  CHECK_FALSE(meter.received(64 * 1024, start));
  CHECK(meter.received(1, start) == monitor_refusal::handshake_too_long);
  monitor_meter other{start};
  CHECK_FALSE(other.received(60 * 1024, start));
  other.authenticated();
  CHECK_FALSE(other.received(60 * 1024, start));
}

TEST_CASE("monitor meter: 200 messages at once, and then 100 a second") {
  monitor_meter meter{start};
  for (auto i = 0; i < 200; ++i)
    CHECK_FALSE(meter.said(start));
  CHECK(meter.said(start) == monitor_refusal::too_many_messages);
  CHECK_FALSE(meter.said(start + 10ms));
  CHECK(meter.said(start + 19ms) == monitor_refusal::too_many_messages);
}

TEST_CASE("monitor meter: 1 MiB at once, and then 1 MiB a second") {
  monitor_meter meter{start};
  meter.authenticated();
  CHECK_FALSE(meter.received(1024 * 1024, start));
  CHECK(meter.received(1, start) == monitor_refusal::too_many_bytes);
  CHECK_FALSE(meter.received(512 * 1024, start + 500ms));
  CHECK(meter.received(512 * 1024, start + 999ms) == monitor_refusal::too_many_bytes);
}

TEST_CASE("monitor meter: a clock that stands still gives nothing, and none goes backwards") {
  token_bucket bucket{{1, 1}, start};
  CHECK(bucket.take(1, start));
  CHECK_FALSE(bucket.take(1, start - 1h));
  CHECK_FALSE(bucket.take(1, start));
  CHECK(bucket.take(1, start + 1s));
}
