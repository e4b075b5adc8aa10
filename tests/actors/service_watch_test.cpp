#include "actors/service_watch.hpp"

#include "actors/web_server.hpp"
#include "tests/actors/gateway_bench.hpp"

#include <algorithm>

using namespace xylem;
using namespace xylem::testing;

namespace {

/// Takes every question and answers none.
caf::behavior deaf(caf::event_based_actor* self, std::size_t* questions) {
  auto asked = std::make_shared<std::vector<caf::response_promise>>();
  auto keep = [=] {
    ++*questions;
    return asked->emplace_back(self->make_response_promise());
  };
  return {[keep](status_atom) { return keep(); },
          [keep](const incident_query&) { return keep(); }};
}

/// In place of the supervisor: has this status.
caf::behavior starting(caf::event_based_actor*, const boost::json::object* status) {
  return {[status](status_atom) { return actor_status{*status}; },
          [](const incident_query&) { return actor_status{}; }};
}

/// A gateway whose service manager writes down what it is told.
struct watched_gateway {
  explicit watched_gateway(mono_time::duration watchdog = 30s)
      : manager{[this](const std::string& state) { told.push_back(state); }, watchdog} {
    bench.world.env.on_start = [this](const std::string& name, const caf::actor_addr& who) {
      starts.push_back({name, who});
      if (watch)
        caf::anon_send(watch, starts.back());
    };
  }

  void start() {
    bench.start();
    watch = bench.world.system.spawn(service_watch, bench.it, &manager, &bench.world.env);
    for (const auto& each : starts)
      caf::anon_send(watch, each);
    bench.world.run();
  }

  std::ptrdiff_t times(const std::string& state) const { return std::ranges::count(told, state); }

  std::string line() const {
    std::string last;
    for (const auto& each : told)
      if (each.starts_with("STATUS="))
        last = each.substr(7);
    return last;
  }

  std::size_t questions = 0; // to who is deaf
  gateway_bench bench{};
  std::vector<std::string> told;
  service_manager manager;
  std::vector<started_actor> starts;
  service_watch_actor watch;
};

} // namespace

TEST_CASE("the service manager is told that the gateway is ready, and how it is") {
  watched_gateway it;
  it.start();
  CHECK(it.times("READY=1") == 1);
  CHECK(it.line() == "field: silent, 0 nodes; 0 clients");
}

TEST_CASE("a port that is not there is no reason to wait") {
  watched_gateway it;
  it.bench.ports.error = "No such file or directory";
  it.start();
  CHECK(it.times("READY=1") == 1);
  CHECK(it.line() == "field: down (No such file or directory); 0 clients");
}

TEST_CASE("the line is told when it has changed, and only then") {
  watched_gateway it;
  it.start();
  auto before = it.told.size();
  it.bench.world.advance(1min);
  CHECK(it.told.size() - before == 6); // six pings of the watchdog, one each 10 s
  auto client = it.bench.client();
  it.bench.ports.last().deliver(root_frame(5, "[M]", hex("05") + "hello"));
  it.bench.world.advance(5s);
  CHECK(it.line() == "field: up, 1 node; 1 client");
}

TEST_CASE("the watchdog is told thrice in its time, and not at all when there is none") {
  watched_gateway it{3s};
  it.start();
  it.bench.world.advance(9s);
  CHECK(it.times("WATCHDOG=1") == 10);
  watched_gateway without{0s};
  without.start();
  without.bench.world.advance(1min);
  CHECK(without.times("WATCHDOG=1") == 0);
  CHECK(without.times("READY=1") == 1);
}

TEST_CASE("the watchdog is not told while an actor does not answer, and the log says which, once") {
  watched_gateway it;
  it.start();
  auto hung = it.bench.world.system.spawn(deaf, &it.questions);
  caf::anon_send(it.watch, started_actor{"node_cache/yard", hung.address()});
  it.bench.world.advance(10s); // it is asked
  auto before = it.times("WATCHDOG=1");
  it.bench.world.advance(90s);
  CHECK(it.times("WATCHDOG=1") == before);
  CHECK(it.bench.world.count_in_log("actors=node_cache/yard") == 1);
  CHECK(it.bench.world.count_in_log("the watchdog is not told") == 1);
  CHECK(it.questions <= 4); // one each 30 s
  // The supervisor would start another one.
  caf::anon_send_exit(hung, caf::exit_reason::kill);
  it.bench.world.advance(40s);
  CHECK(it.times("WATCHDOG=1") > before);
  CHECK(it.bench.world.count_in_log("the watchdog is told again") == 1);
}

TEST_CASE("an actor that crashes and is started again is no hang") {
  watched_gateway it;
  it.start();
  for (auto kill : {&gateway_bench::kill_cache, &gateway_bench::kill_hub,
                    &gateway_bench::kill_server, &gateway_bench::kill_manager}) {
    it.bench.world.advance(5s);
    (it.bench.*kill)();
  }
  auto before = it.times("WATCHDOG=1");
  it.bench.world.advance(1min);
  CHECK(it.times("WATCHDOG=1") == before + 6);
  CHECK(it.bench.world.count_in_log("the watchdog is not told") == 0);
}

TEST_CASE("an actor that is parked is in the line, and no hang") {
  watched_gateway it;
  it.start();
  for (std::size_t i = 0; i <= restart_budget::restarts; ++i)
    it.bench.kill<web_server_actor, web_server_core>();
  it.bench.world.advance(20s);
  CHECK(it.line().find("web_server: parked") != std::string::npos);
  CHECK(it.bench.world.count_in_log("the watchdog is not told") == 0);
  CHECK(it.times("WATCHDOG=1") == 3);
}

TEST_CASE("a supervisor that hangs is a hang, too") {
  watched_gateway it;
  auto hung = it.bench.world.system.spawn(deaf, &it.questions);
  it.watch = it.bench.world.system.spawn(service_watch, caf::actor_cast<supervisor_actor>(hung),
                                         &it.manager, &it.bench.world.env);
  it.bench.world.advance(1min);
  CHECK(it.times("WATCHDOG=1") == 1); // before it was asked
  CHECK(it.bench.world.count_in_log("actors=supervisor") == 1);
  CHECK(it.times("READY=1") == 0);
}

TEST_CASE("a start that goes on says what it waits for, and may take longer, but not for ever") {
  boost::json::object status{{"actors", {{{"name", "recorder"}, {"state", "waiting"}}}}};
  watched_gateway it;
  auto root = it.bench.world.system.spawn(starting, &status);
  it.watch = it.bench.world.system.spawn(service_watch, caf::actor_cast<supervisor_actor>(root),
                                         &it.manager, &it.bench.world.env);
  it.bench.world.advance(35s);
  CHECK(it.line() == "starting: waits for recorder");
  CHECK(it.times("EXTEND_TIMEOUT_USEC=30000000") == 3);
  CHECK(it.times("READY=1") == 0);
  it.bench.world.advance(10min);
  CHECK(it.times("EXTEND_TIMEOUT_USEC=30000000") <= 30);
  status["actors"].as_array()[0].as_object()["state"] = "running";
  it.bench.world.advance(1s);
  CHECK(it.times("READY=1") == 1);
}

TEST_CASE("a note of who wires the gateway stands at the end of the line") {
  watched_gateway it;
  it.start();
  caf::anon_send(it.watch, service_note{"restart needed for: web.listen"});
  it.bench.world.run();
  CHECK(it.line() == "field: silent, 0 nodes; 0 clients; restart needed for: web.listen");
  caf::anon_send(it.watch, service_note{});
  it.bench.world.run();
  CHECK(it.line() == "field: silent, 0 nodes; 0 clients");
}

TEST_CASE("reading the configuration again stands between RELOADING=1 and READY=1") {
  std::vector<std::string> told;
  service_manager manager{[&](const std::string& state) { told.push_back(state); }, 0s};
  manager.reloading(mono_time{2ms}); // nobody waits for it yet
  manager.reloaded();
  CHECK(told.empty());
  manager.ready();
  manager.reloading(mono_time{2ms});
  manager.reloaded();
  CHECK(told
        == std::vector<std::string>{"READY=1", "RELOADING=1\nMONOTONIC_USEC=2000", "READY=1"});
}

TEST_CASE("who stops is not ready again, and says nothing else") {
  std::vector<std::string> told;
  service_manager manager{[&](const std::string& state) { told.push_back(state); }, 0s};
  manager.stopping();
  manager.stopping();
  manager.ready();
  manager.status("field: up");
  manager.reloaded();
  CHECK(told == std::vector<std::string>{"STOPPING=1\nSTATUS=stopping"});
}
