#include "protocol/service_pulse.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

using names = std::vector<std::string>;

constexpr mono_time start{1h};

/// A watchdog of 30 s over three actors. They are asked each 10 s.
struct pulse_bench {
  pulse_bench() {
    for (const auto& each : actors)
      pulse.started(each);
  }

  /// As the process does it: judge, then ask; whoever is not in `hung` answers at once.
  service_pulse::verdict round(const names& hung = {}) {
    auto verdict = pulse.judge(now);
    for (const auto& each : actors)
      if (auto question = pulse.ask(each, now))
        if (std::ranges::find(hung, each) == hung.end())
          pulse.answered(each, *question);
    now += pulse.period();
    return verdict;
  }

  names actors{"event_hub", "node_cache/field", "recorder", "web_server"};
  service_pulse pulse{30s};
  mono_time now = start;
};

} // namespace

TEST_CASE("the watchdog is told thrice in its time") {
  CHECK(service_pulse{30s}.period() == 10s);
}

TEST_CASE("the watchdog is told as long as all answer") {
  pulse_bench bench;
  for (auto i = 0; i < 100; ++i)
    CHECK(bench.round().alive);
}

TEST_CASE("an actor that does not answer in time ends the pulse, and is named once") {
  pulse_bench bench;
  bench.round();
  CHECK(bench.round({"web_server"}).alive); // it was only asked now
  auto late = bench.round({"web_server"});
  CHECK_FALSE(late.alive);
  CHECK(late.silent == names{"web_server"});
  CHECK(late.longest == 10s);
  auto later = bench.round({"web_server"});
  CHECK_FALSE(later.alive);
  CHECK(later.silent.empty());
}

TEST_CASE("the pulse goes on when all answer again, and that is told once") {
  pulse_bench bench;
  auto question = bench.pulse.ask("event_hub", bench.now);
  REQUIRE(question);
  bench.now += 15s;
  CHECK_FALSE(bench.pulse.judge(bench.now).alive);
  bench.pulse.answered("event_hub", *question);
  auto verdict = bench.pulse.judge(bench.now);
  CHECK(verdict.alive);
  CHECK(verdict.answers_again);
  CHECK_FALSE(bench.pulse.judge(bench.now).answers_again);
}

TEST_CASE("all that hang are named together") {
  pulse_bench bench;
  bench.round({"web_server", "event_hub"});
  CHECK(bench.round({"web_server", "event_hub"}).silent == names{"event_hub", "web_server"});
}

TEST_CASE("who hangs is not asked again until its question has timed out, and stays late") {
  pulse_bench bench;
  auto question = bench.pulse.ask("web_server", bench.now);
  REQUIRE(question);
  CHECK_FALSE(bench.pulse.ask("web_server", bench.now + 10s));
  bench.pulse.timed_out("web_server", *question);
  CHECK_FALSE(bench.pulse.judge(bench.now + 30s).alive);
  CHECK(bench.pulse.ask("web_server", bench.now + 30s));
  CHECK(bench.pulse.judge(bench.now + 30s).longest == 30s);
}

TEST_CASE("an actor that has ended does not hold up the pulse") {
  pulse_bench bench;
  auto question = bench.pulse.ask("web_server", bench.now);
  REQUIRE(question);
  CHECK_FALSE(bench.pulse.judge(bench.now + 10s).alive);
  bench.pulse.ended("web_server", *question);
  CHECK(bench.pulse.judge(bench.now + 10s).alive);
}

TEST_CASE("an actor that was started anew owes no answer to what its predecessor was asked") {
  pulse_bench bench;
  auto question = bench.pulse.ask("web_server", bench.now);
  REQUIRE(question);
  bench.pulse.started("web_server");
  CHECK(bench.pulse.judge(bench.now + 10s).alive);
  auto next = bench.pulse.ask("web_server", bench.now + 10s);
  REQUIRE(next);
  bench.pulse.ended("web_server", *question); // is told late
  bench.pulse.answered("web_server", *question);
  CHECK_FALSE(bench.pulse.judge(bench.now + 20s).alive);
}

TEST_CASE("a recorder that its disk holds up has five minutes, and then it hangs") {
  pulse_bench bench;
  bench.round();
  auto asked = bench.now;
  while (bench.now < asked + service_pulse::longest_disk_stall)
    CHECK(bench.round({"recorder"}).alive);
  CHECK(bench.round({"recorder"}).silent == names{"recorder"});
}

TEST_CASE("a port that blocks, a capture and a gateway elsewhere are not critical") {
  for (auto name : {"supervisor", "event_hub", "network_manager/field", "node_cache/field",
                    "socket_server/field", "web_server", "recorder", "monitor_gate"})
    CHECK(service_pulse::is_critical(name));
  for (auto name : {"uart/field", "capture/field", "gateway_link/north", "node_cached", ""})
    CHECK_FALSE(service_pulse::is_critical(name));
}
